import {
  type AssetDescription,
  cronFault,
  definePlugin,
  FloeError,
  isTimezone,
  type PluginContext,
  type PluginImplementation,
  type TransformConfig,
} from "@floe/core";
import { compiledArtifactsSchema } from "@floe/core/artifacts";
import { type GateConfig, gateSchema, pass, passResult } from "./server-gate.ts";

export type Orchestrator = PluginImplementation<"orchestrator">;

const next = ["Compile the product again."];

function createOrchestrator(config: GateConfig, context: PluginContext): Orchestrator {
  return {
    createDefinitions(artifacts) {
      if (Number.parseInt(artifacts.version, 10) > 0) {
        throw new FloeError("ARTIFACTS.VERSION", "A newer floe wrote them.", { next: ["Update floe."] });
      }
      if (!compiledArtifactsSchema.safeParse(artifacts).success) {
        throw new FloeError("ARTIFACTS.INVALID", "They are invalid.", { next });
      }
      throw new FloeError("ORCHESTRATOR.LOADER_REQUIRED", "Use the loader.", { next: ["definitions.py"] });
    },
    generateLoader: ({ metadata }) => ({ "definitions.py": `defs = load("${metadata.product_name}")\n` }),
    createAssetsFromTransforms: (transforms) => ordered(transforms),
    getHelmValues: () => ({ webserver: { resources: { requests: { cpu: "1", memory: "1Gi" } } } }),
    validateConnection: () => passResult(config, context),
    getResourceRequirements: (size) => {
      const cpu = { small: "1", medium: "2", large: "4" }[size];
      const memory = { small: "1Gi", medium: "2Gi", large: "4Gi" }[size];
      return { requests: { cpu, memory }, limits: { cpu, memory } };
    },
    emitLineageEvent: () => pass(config, context),
    async scheduleJob(_job, cron, timezone) {
      if (cronFault(cron) === undefined && isTimezone(timezone)) return;
      throw new FloeError("CONFIG.INVALID_VALUE", "There is no such time.", { next: ["Correct it."] });
    },
  };
}

function ordered(transforms: readonly TransformConfig[]): AssetDescription[] {
  const done: AssetDescription[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (done.some(({ key }) => key === name)) return;
    if (trail.includes(name)) throw new FloeError("CONFIG.CYCLE", "A circle.", { next });
    const transform = transforms.find((one) => one.name === name);
    if (transform === undefined) throw new FloeError("CONFIG.REFERENCE", `No ${name}.`, { next });
    const { dependsOn = [], tags = [], tier } = transform;
    for (const needed of dependsOn) visit(needed, [...trail, name]);
    done.push({
      key: name,
      dependsOn: [...dependsOn],
      tags: [...tags],
      ...(tier === undefined ? {} : { group: tier }),
    });
  };
  for (const { name } of transforms) visit(name, []);
  return done;
}

/** The reference with parts of it replaced. */
export const orchestratorWith = (change: (base: Orchestrator) => Partial<Orchestrator>) =>
  definePlugin({
    kind: "orchestrator",
    name: "sample",
    configSchema: gateSchema,
    create: (config, context) => {
      const base = createOrchestrator(config, context);
      return { ...base, ...change(base) };
    },
  });
