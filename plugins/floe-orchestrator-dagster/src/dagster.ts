import {
  askService,
  type CompiledArtifacts,
  type ConnectionResult,
  type JsonObject,
  type PluginImplementation,
} from "@floe/core";
import { loaderRequired, Orchestrator } from "@floe/orchestration";
import type { DagsterConfig } from "./config.ts";
import { helmValues } from "./helm-values.ts";
import { loaderFiles } from "./loader-files.ts";

export class Dagster extends Orchestrator<DagsterConfig> implements PluginImplementation<"orchestrator"> {
  createDefinitions(artifacts: CompiledArtifacts): never {
    return loaderRequired(artifacts, "Dagster", [
      "Load the generated definitions.py: dagster dev -f definitions.py",
      'In Python: load_product_definitions("<product>", project_dir) of floe_orchestrator_dagster',
    ]);
  }

  generateLoader(artifacts: CompiledArtifacts): Readonly<Record<string, string>> {
    return loaderFiles(artifacts, this.schedules);
  }

  getHelmValues(): JsonObject {
    return helmValues(this.config);
  }

  validateConnection(): Promise<ConnectionResult> {
    return askService(this.context, {
      service: "Dagster",
      url: this.config.url,
      setting: "plugins.orchestrator.config.url",
      path: "graphql",
      request: () => ({
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ version }" }),
      }),
      judge: (body) => {
        const { version } = (body as { data?: { version?: unknown } } | undefined)?.data ?? {};
        return typeof version === "string" ? { version } : undefined;
      },
    });
  }
}
