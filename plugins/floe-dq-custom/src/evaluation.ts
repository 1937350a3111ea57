import type { SqlValue } from "@floe/core";
import type { Need } from "./batch.ts";

/**
 * An expectation on its way to a verdict: it yields what must be known next, and is given the values in that
 * order.
 */
export type Evaluation = Generator<readonly Need[], Verdict, readonly SqlValue[]>;

export interface Verdict {
  passed: boolean;
  /** Null for what is about the table as a whole. */
  failingRows: number | null;
  rowsChecked: number | null;
  /** What was found, for what is about the table as a whole. */
  observed?: string;
}
