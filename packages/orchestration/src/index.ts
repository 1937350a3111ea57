export { requireArtifacts } from "./artifacts.ts";
export { describeAssets } from "./assets.ts";
export { type OrchestratorConfig, orchestratorOptions } from "./config.ts";
export { JobLineage } from "./job-lineage.ts";
export { loaderRequired, requirementsFile } from "./loader.ts";
export { Orchestrator } from "./orchestrator.ts";
export { productPython } from "./product-python.ts";
export { USUAL_RESOURCES } from "./resources.ts";
export { type JobSchedule, requireSchedule } from "./schedule.ts";
