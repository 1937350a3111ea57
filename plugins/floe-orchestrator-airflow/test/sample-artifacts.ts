import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CompiledArtifacts } from "@floe/core";
import { ARTIFACTS_VERSION, compiledArtifactsSchema } from "@floe/core/artifacts";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-orchestrator-airflow";

export interface SampleNode {
  kind?: "model" | "seed" | "snapshot";
  tier?: "bronze" | "silver" | "gold";
  /** Names of nodes and, with a dot, of sources. */
  inputs?: readonly string[];
  /** Severities of its checks. */
  checks?: readonly ("critical" | "warning")[];
}

export interface Sample {
  name: string;
  nodes: Readonly<Record<string, SampleNode>>;
  /** Names of sources, each loaded into `raw.<name>`. */
  sources?: readonly string[];
  /** Tests of several nodes. */
  tests?: Readonly<Record<string, readonly string[]>>;
  floe?: object;
  version?: string;
}

/** Compiled artifacts of a product whose models are only names. */
export function sampleArtifacts({
  name,
  nodes,
  sources = [],
  tests = {},
  floe,
  version = ARTIFACTS_VERSION,
}: Sample): CompiledArtifacts {
  const idOf = (node: string): string =>
    node.includes(".") ? `source.${name}.${node}` : `${nodes[node]?.kind ?? "model"}.${name}.${node}`;
  const dataset = (table: string) => ({ namespace: "duckdb:///data/w.duckdb", name: table });
  const ofKind = (kind: string) =>
    Object.entries(nodes).filter(([, node]) => (node.kind ?? "model") === kind);
  return compiledArtifactsSchema.parse({
    version,
    metadata: {
      compiled_at: "1970-01-01T00:00:00Z",
      floe_version: "1.0.0",
      source_hash: `sha256:${"0".repeat(64)}`,
      product_name: name,
      product_version: "1.2.3",
    },
    identity: { product_id: `sales.${name}`, domain: "sales", repository: "" },
    observability: {
      telemetry: {
        resource_attributes: {
          service_name: name,
          service_version: "1.2.3",
          deployment_environment: "dev",
          floe_namespace: "floe-dev",
          floe_product_name: name,
          floe_product_version: "1.2.3",
          floe_mode: "dev",
        },
      },
      lineage_namespace: "floe-dev",
    },
    dbt_profiles: { [name]: { target: "dev", outputs: { dev: { type: "duckdb", path: "w.duckdb" } } } },
    floe: {
      format: 1,
      environment: "dev",
      owner: "sales@example.com",
      description: "What is sold.",
      dbt: { packages: ["dbt-duckdb==1.11.1"] },
      ingestion:
        sources.length === 0
          ? undefined
          : {
              sources: sources.map((one) => ({ name: one, destinationTable: `raw.${one}` })),
              runner: { packages: ["dlt==1.31.0"] },
            },
      lineage: {
        enabled: true,
        nodes: Object.fromEntries(
          Object.entries(nodes).map(([node, { kind = "model", inputs = [] }]) => [
            idOf(node),
            { job: `${name}.${node}`, kind, inputs: inputs.map(idOf) },
          ]),
        ),
        sources: Object.fromEntries(sources.map((one) => [one, { outputs: [dataset(`raw.${one}`)] }])),
        datasets: Object.fromEntries(
          sources.map((one) => [`source.${name}.raw.${one}`, dataset(`raw.${one}`)]),
        ),
      },
      models: Object.fromEntries(
        ofKind("model").map(([node, { tier }]) => [idOf(node), { name: node, tier: tier ?? null }]),
      ),
      tests: Object.fromEntries(
        Object.entries(tests).map(([test, reads]) => [`test.${name}.${test}`, reads.map(idOf)]),
      ),
      expectations: Object.entries(nodes).flatMap(([node, { checks = [] }]) =>
        checks.map((severity) => ({ model: idOf(node), critical: severity === "critical" })),
      ),
      quality: { enabled: true, weights: {} },
      ...floe,
    },
  });
}

/** The plugin with a configuration of the manifest. */
export function createOrchestrator(config: object = {}): ReturnType<typeof plugin.create> {
  const dir = mkdtempSync(join(tmpdir(), "floe-airflow-"));
  const context = createTestContext({ kind: "orchestrator", name: "airflow", dir });
  return plugin.create(plugin.configSchema.parse(config), context);
}

/** Writes a compiled product into a folder. */
export function writeProduct(dir: string, sample: Sample, orchestrator = createOrchestrator()): void {
  const artifacts = sampleArtifacts(sample);
  const files = {
    ...orchestrator.generateLoader(artifacts),
    "compiled_artifacts.json": JSON.stringify(artifacts),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}
