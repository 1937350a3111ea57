// Its schema is large and few need it: `@floe/core/artifacts` has it.
export type { CompiledArtifacts, CompiledArtifactsInput } from "./compiled-artifacts/index.ts";
export { cronFault, isTimezone } from "./cron.ts";
export { editorSchema } from "./editor-schema.ts";
export * from "./floe-spec/index.ts";
export * from "./manifest/index.ts";
export type { Tier } from "./names.ts";
export type { RuleParams } from "./rule.ts";
export { samplingSchema } from "./sampling.ts";
export { type SecretReference, secretReferenceSchema } from "./secret-reference.ts";
