/** One thing that the doctor looked at. */
export interface Check {
  /** What it is about: `node`, `python`, `plugin storage s3`. */
  name: string;
  status: "ok" | "warning" | "failed" | "skipped";
  /** What was found, in a sentence. */
  message: string;
  /** What mends it: a command alone in its text, or a sentence. Empty when there is nothing to mend. */
  next: string[];
}

export interface Diagnosis {
  /** Whether nothing failed; warnings don't count. */
  healthy: boolean;
  checks: Check[];
}

export const ok = (name: string, message: string): Check => ({ name, status: "ok", message, next: [] });
