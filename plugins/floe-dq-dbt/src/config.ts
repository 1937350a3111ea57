import { z } from "zod";

/** Everything that there is to say stands in the dbt project and in `floe.yaml`. */
export const configSchema = z.strictObject({});
