import { spawn } from "node:child_process";

/**
 * Ends a process group when floe is gone, also where floe was killed and could do nothing more: a shell
 * waits for the end of a pipe that only floe holds open. A tool that went on by itself would hold the
 * database against the run that resumes. Does nothing where the system has no process groups (Windows).
 *
 * @returns Ends the watch; to be called when the group has ended.
 */
export function endWithFloe(pid: number | undefined): () => void {
  if (pid === undefined || process.platform === "win32") return () => {};
  const watcher = spawn("/bin/sh", ["-c", 'read -r _; kill -s KILL -- "-$1"', "sh", `${pid}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Without a shell nobody watches, and the command works as well.
  watcher.on("error", () => {});
  watcher.stdin.on("error", () => {});
  return () => watcher.kill("SIGKILL");
}
