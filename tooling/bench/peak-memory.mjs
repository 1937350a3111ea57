/**
 * Loaded into a measured process by `node --import`: says at its end how much memory it had at most, in
 * kB, its workers not among it. From the kernel's own mark for the program; what getrusage gives counts
 * whatever the process was before it became floe, and the processes that it waited for.
 */
import { appendFileSync, readFileSync } from "node:fs";

process.on("exit", () => {
  const file = process.env.FLOE_BENCH_PEAK;
  if (file === undefined) return;
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  appendFileSync(file, `${peak}\n`);
});
