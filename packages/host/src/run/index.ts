export { type MaintenanceReport, maintainProduct } from "../maintain/maintain.ts";
export {
  type MonitorCheck,
  type MonitorFinding,
  type MonitorOptions,
  monitorProduct,
} from "../monitor/monitor.ts";
export { InvalidProduct } from "../project/product.ts";
export { dryRun, type RunPlan } from "./dry-run.ts";
export { lintProduct } from "./lint.ts";
export type { RunEvent, RunObserver } from "./observer.ts";
export { type CheckReport, exitCodeOf, type RunReport } from "./report.ts";
export { type RunOptions, runProduct } from "./run.ts";
export { type RunMode, type RunRecord, type RunStatus, RunStore } from "./store.ts";
