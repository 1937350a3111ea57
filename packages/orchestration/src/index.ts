export { requireArtifacts } from "./artifacts.ts";
export { askService, type ServiceAnswer, type ServiceQuestion } from "./ask-service.ts";
export { describeAssets } from "./assets.ts";
export { type OrchestratorConfig, orchestratorOptions } from "./config.ts";
export { JobLineage } from "./job-lineage.ts";
export { loaderRequired, requirementsFile } from "./loader.ts";
export { productPython } from "./product-python.ts";
export { USUAL_RESOURCES } from "./resources.ts";
export { type JobSchedule, requireSchedule } from "./schedule.ts";
