import { type Manifest, samplingSchema } from "@floe/core";

export type Stage = "dev" | "staging" | "prod";

/** The environment as one of the three that the formats know: another counts as `dev`. */
export function stageOf(environment: string): Stage {
  return environment === "staging" || environment === "prod" ? environment : "dev";
}

/** By environment, which share of traces the platform keeps. */
export function samplingOf({ observability }: Pick<Manifest, "observability">): Record<Stage, number> {
  return observability?.tracing?.sampling ?? samplingSchema.parse(undefined);
}

/** The share of an environment's traces that is kept, 0 to 1; 0 where the manifest turns tracing off. */
export function traceShare(
  manifest: Pick<Manifest, "observability"> | undefined,
  environment: string,
): number {
  if (manifest?.observability?.tracing?.enabled === false) return 0;
  return samplingOf(manifest ?? {})[stageOf(environment)];
}
