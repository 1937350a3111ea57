import { z } from "zod";

/** What to load, a product says; where to, its platform. Nothing is left to be configured here. */
export const configSchema = z.strictObject({});
