import { describeHolder, namespaceClaims } from "../claim/claim.ts";
import { namespacesOf } from "../claim/namespaces.ts";
import { compileProduct } from "../compile/compile.ts";
import { lineageNaming } from "../lineage/lineage-naming.ts";
import { openProduct } from "../project/product.ts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { plannedNodes } from "./build.ts";
import { sourcesToLoad } from "./ingest.ts";
import { planWaves } from "./plan.ts";
import { lockProject } from "./project-lock.ts";
import type { RunSelection } from "./store.ts";

/** What a run would do. Secrets in it are masked. */
export interface RunPlan {
  product: string;
  environment: string;
  steps: readonly PlannedStep[];
  /** The dbt output that models would be built with. */
  profile: unknown;
  lineage: { namespace: string; sentTo: string | null };
  /** The catalog's namespaces that it would write to, and whose they are; empty without a catalog. */
  namespaces: readonly PlannedNamespace[];
}

export interface PlannedNamespace {
  name: string;
  /** `missing` and `free` ones would be claimed; a run that meets a `taken` one is refused. */
  state: "missing" | "free" | "held" | "taken";
  /** Who holds a `taken` one: product and repository. */
  holder?: string;
}

export interface PlannedStep {
  step: "compile" | "ingestion" | "build" | "quality";
  /** By which plugin: `dbt local`. */
  plugin: string;
  /** What it would work on: sources, models and tests wave by wave, checks. */
  items: readonly string[];
}

/**
 * Says what a run would do, and does none of it: dbt compiles, which a run would begin with, but no data is
 * touched and no file of the product is written.
 *
 * @throws As `runProduct`.
 */
export async function dryRun(options: ProjectOptions & RunSelection): Promise<RunPlan> {
  const project = Project.open(options);
  const release = lockProject(project.paths.stateDir, "floe run --dry-run");
  try {
    const product = await openProduct(project, { dryRun: true });
    const compiled = await compileProduct(product, { dryRun: true });
    const state = { product, compiled, options };
    const planned = await plannedNodes(state);
    const { nodes } = compiled.manifest;
    const name = (id: string): string => nodes[id]?.name ?? id;
    const checks = compiled.expectations.filter(({ model }) => planned.includes(model));
    const sources = await sourcesToLoad(state);
    const { plugins, spec, manifest, dbt } = product;
    const quality = plugins.get("data_quality");
    const naming = lineageNaming(manifest, plugins.get("lineage_backend"), {
      product: spec.metadata.name,
      environment: project.environment,
    });
    const claims = await namespaceClaims(product, namespacesOf(product, compiled.manifest));
    const steps: PlannedStep[] = [
      { step: "compile", plugin: `dbt ${dbt.name}`, items: [] },
      ...(sources.length === 0
        ? []
        : [
            {
              step: "ingestion" as const,
              plugin: `ingestion ${plugins.get("ingestion")?.name ?? "dlt"}`,
              items: sources.map(({ name: source, destinationTable }) => `${source} -> ${destinationTable}`),
            },
          ]),
      ...planWaves(compiled.manifest, planned, compiled.expectations).map((wave) => ({
        step: "build" as const,
        plugin: `dbt ${dbt.name}`,
        items: wave.map(name),
      })),
      ...(checks.length === 0
        ? []
        : [
            {
              step: "quality" as const,
              plugin: `data_quality ${quality?.name ?? "custom"}`,
              items: checks.map(({ model, expectation }) => `${name(model)}: ${expectation.name}`),
            },
          ]),
    ];
    const plan: RunPlan = {
      product: spec.metadata.name,
      environment: project.environment,
      steps,
      profile: product.compute.generateDbtProfile(product.computeConfig),
      lineage: { namespace: naming.jobNamespace, sentTo: naming.endpoint ?? null },
      namespaces: claims.map(({ namespace, verdict }) => ({
        name: namespace,
        state: verdict.state,
        ...(verdict.state === "taken" ? { holder: describeHolder(verdict.holder) } : {}),
      })),
    };
    return project.mask.data(plan) as RunPlan;
  } finally {
    await project.close();
    release();
  }
}
