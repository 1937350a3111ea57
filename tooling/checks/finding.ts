import type { Workspace } from "../workspace/workspace.ts";

/** Something in the repository that breaks one of its rules. */
export interface Finding {
  /** Relative to the repository; with `:line` where a line is known. */
  file: string;
  /** What is wrong, in one sentence. */
  message: string;
  /** What to do about it. */
  remedy: string;
}

/** A rule of the repository. It reads and never writes. */
export interface Check {
  /** What holds when the check passes; a line of the report. */
  title: string;
  find(workspace: Workspace): Finding[] | Promise<Finding[]>;
}
