import { z } from "zod";
import { withDefault } from "./optional.ts";

const rate = z.number().min(0).max(1);

const DEFAULTS = { dev: 1, staging: 0.5, prod: 0.1 };

/**
 * Which share of traces is kept, by environment: 1 is all, 0 none. An environment of another name counts as
 * `dev`. The defaults are those of the Python floe.
 */
export const samplingSchema = withDefault(
  z.strictObject({
    dev: withDefault(rate, DEFAULTS.dev).describe("Share of traces kept in dev."),
    staging: withDefault(rate, DEFAULTS.staging).describe("Share of traces kept in staging."),
    prod: withDefault(rate, DEFAULTS.prod).describe("Share of traces kept in prod."),
  }),
  DEFAULTS,
).describe("Share of traces that are kept, by environment.");
