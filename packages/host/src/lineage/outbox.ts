import { join } from "node:path";
import type { Product } from "../project/product.ts";
import type { RunStore } from "../run/store.ts";
import { Delivery, spool } from "./delivery.ts";
import { httpSender } from "./http-sender.ts";
import type { LineageNaming } from "./lineage-naming.ts";

/** What leaves the machine beside a run: lineage and traces, each where there is somewhere to send it. */
export interface Outbox {
  readonly delivered: number;
  readonly pending: number;
  /** Waits for the rest, for so long at most. */
  finish(graceMs: number): Promise<void>;
}

const TRACE_TIMEOUT_MS = 5000;

/** Starts delivering what this run will write, after what earlier ones left. */
export function openOutbox(product: Product, store: RunStore, runId: string, naming: LineageNaming): Outbox {
  const { project } = product;
  const { logger } = project;
  const folder = store.folder(runId);
  const deliveries: Delivery[] = [];
  let lineage: Delivery | undefined;
  if (naming.enabled && naming.endpoint !== undefined) {
    spool(join(folder, "lineage.jsonl"));
    const key = naming.transport?.auth?.apiKeyEnvironmentVariable;
    const send = httpSender({
      url: naming.endpoint,
      timeoutMs: (naming.transport?.timeout ?? 5) * 1000,
      headers: async () => {
        const secret = key && ((await project.namedSecrets())[key] ?? project.env[key]);
        return secret ? { authorization: `Bearer ${secret}` } : {};
      },
    });
    const wanted = naming.transport?.eventTypes;
    lineage = new Delivery({
      runsDir: store.dir,
      fileName: "lineage.jsonl",
      what: "lineage events",
      send: async (line, signal) =>
        wanted !== undefined && !wanted.includes(JSON.parse(line).eventType)
          ? "delivered"
          : send(line, signal),
      logger,
    });
    deliveries.push(lineage);
  }
  const traces = tracesEndpoint(product);
  if (traces !== undefined) {
    spool(join(folder, "traces.jsonl"));
    deliveries.push(
      new Delivery({
        runsDir: store.dir,
        fileName: "traces.jsonl",
        what: "traces",
        send: httpSender({ url: traces, timeoutMs: TRACE_TIMEOUT_MS }),
        logger,
      }),
    );
  }
  return {
    get delivered() {
      return lineage?.delivered ?? 0;
    },
    get pending() {
      return lineage?.pending ?? 0;
    },
    finish: async (graceMs) => {
      await Promise.all(deliveries.map((delivery) => delivery.finish(graceMs)));
    },
  };
}

/**
 * Where spans go: the manifest's OTLP endpoint, else OpenTelemetry's own variables. Over HTTP, whose path is
 * `/v1/traces`; undefined where there is neither, or tracing is off.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
function tracesEndpoint({ project, manifest }: Product): string | undefined {
  const { tracing } = manifest.observability ?? {};
  if (tracing?.enabled === false || (tracing !== undefined && tracing.exporter !== "otlp")) return undefined;
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact, OTEL_EXPORTER_OTLP_ENDPOINT: base } = project.env;
  if (tracing?.endpoint === undefined && exact) return exact;
  const endpoint = tracing?.endpoint ?? base;
  return endpoint ? `${endpoint.replace(/\/+$/, "")}/v1/traces` : undefined;
}
