/**
 * Signals a process that was started with `detached: true`, and with it all that it started. Where the
 * system has no process groups (Windows), the process alone.
 */
export function signalGroup(pid: number | undefined, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It ended in the meantime, which is what was wanted.
  }
}
