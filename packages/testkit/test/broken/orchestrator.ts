import type { FloeError } from "@floe/core";
import type { Broken } from "../prove.ts";
import { type Orchestrator, orchestratorWith } from "../reference/orchestrator.ts";

const changed = (change: (base: Orchestrator) => Partial<Orchestrator>) => ({
  plugin: orchestratorWith(change),
});

export const brokenOrchestrators: readonly Broken<"orchestrator">[] = [
  {
    fault: "returns definitions that can't be",
    rule: "orchestrator.loader-required",
    options: changed((base) => ({
      createDefinitions(artifacts) {
        try {
          return base.createDefinitions(artifacts);
        } catch (error) {
          if ((error as FloeError).code === "ORCHESTRATOR.LOADER_REQUIRED") return {} as never;
          throw error;
        }
      },
    })),
  },
  {
    fault: "takes artifacts of a newer floe",
    rule: "orchestrator.artifacts",
    options: changed((base) => ({
      createDefinitions: (artifacts) => base.createDefinitions({ ...artifacts, version: "0.1.0" }),
    })),
  },
  {
    fault: "generates a file outside of the product's folder",
    rule: "orchestrator.loader",
    options: changed((base) => ({
      generateLoader: (artifacts) => ({
        "../definitions.py": Object.values(base.generateLoader(artifacts)).join(""),
      }),
    })),
  },
  {
    fault: "describes assets in the order they are given",
    rule: "orchestrator.assets",
    options: changed((base) => ({
      createAssetsFromTransforms(transforms) {
        const assets = base.createAssetsFromTransforms(transforms);
        return transforms.flatMap(({ name }) => assets.filter(({ key }) => key === name));
      },
    })),
  },
  {
    fault: "ignores what isn't there",
    rule: "orchestrator.references",
    options: changed((base) => ({
      createAssetsFromTransforms(transforms) {
        const names = new Set(transforms.map(({ name }) => name));
        return base.createAssetsFromTransforms(
          transforms.map((one) =>
            one.dependsOn === undefined
              ? one
              : { ...one, dependsOn: one.dependsOn.filter((name) => names.has(name)) },
          ),
        );
      },
    })),
  },
  {
    fault: "gives every size the same resources",
    rule: "orchestrator.helm",
    options: changed((base) => ({ getResourceRequirements: () => base.getResourceRequirements("small") })),
  },
  {
    fault: "takes any timezone",
    rule: "orchestrator.schedules",
    options: changed((base) => ({ scheduleJob: (job, cron) => base.scheduleJob(job, cron, "UTC") })),
  },
  {
    fault: "throws a plain error for a bad schedule",
    rule: "orchestrator.schedules",
    also: ["errors.coded"],
    options: changed((base) => ({
      scheduleJob: (job, cron, timezone) =>
        base.scheduleJob(job, cron, timezone).catch(() => {
          throw new Error("bad schedule");
        }),
    })),
  },
];
