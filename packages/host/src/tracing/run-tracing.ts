import { appendFileSync } from "node:fs";
import type { ReadableSpan, Sampler, SpanExporter } from "@opentelemetry/sdk-trace";
import { type CallTracer, createOpenTelemetryTracer, type SpanAttributes } from "../calls/tracer.ts";
import type { SecretMask } from "../secrets/mask.ts";
import { version } from "../version.ts";

/** One OpenTelemetry trace for a run, recorded by the SDK into the run's own folder. */
export interface RunTracing {
  tracer: CallTracer;
  /** A span for something that has already happened (a model that dbt built), below the current span. */
  record(name: string, attributes: SpanAttributes, startedAt: Date, endedAt: Date, failed: boolean): void;
  /** Where spans go from now on, those that have ended included. */
  writeTo(file: string, mask: SecretMask): void;
  /** Writes what has ended. */
  flush(): Promise<void>;
}

export interface TracingOptions {
  /** The run's id, a UUID: without its dashes it is the trace's id, so that one leads to the other. */
  runId: string;
  /** OpenTelemetry's resource attributes: `service.name`, `deployment.environment.name`. */
  resource: SpanAttributes;
  /** The share of traces that is kept, 0 to 1; asked as the trace begins. */
  share: () => number;
}

/**
 * Starts the SDK. Each batch of spans becomes one line in the file: an OTLP/JSON export request, as it is
 * delivered later.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export async function createRunTracing({ runId, resource, share }: TracingOptions): Promise<RunTracing> {
  const [api, sdk, { JsonTraceSerializer }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/otlp-transformer"),
  ]);
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
  // The context is the process's; where someone else has set one, theirs does as well.
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

  let target: { file: string; mask: SecretMask } | undefined;
  const waiting: ReadableSpan[] = [];
  const exporter: SpanExporter = {
    export(spans, done) {
      waiting.push(...spans);
      if (target !== undefined && waiting.length > 0) {
        const line = Buffer.from(JsonTraceSerializer.serializeRequest(waiting.splice(0)) ?? []).toString();
        try {
          appendFileSync(target.file, `${target.mask.text(line)}\n`);
        } catch {
          // A full disk must not fail the run: the trace is what can be spared.
        }
      }
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  let ratio: Sampler | undefined;
  const sampler: Sampler = {
    shouldSample(...asked) {
      ratio ??= new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(share()) });
      return ratio.shouldSample(...asked);
    },
    toString: () => String(ratio ?? "not asked yet"),
  };
  const ids = new sdk.RandomIdGenerator();
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ ...resource }),
    sampler,
    idGenerator: {
      generateTraceId: () => runId.replaceAll("-", ""),
      generateSpanId: () => ids.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000, maxQueueSize: 65_536 }),
    ],
  });
  const otel = provider.getTracer("@floe/host", version);
  return {
    tracer: await createOpenTelemetryTracer(version, provider),
    record(name, attributes, startTime, endTime, failed) {
      const span = otel.startSpan(name, { attributes: { ...attributes }, startTime });
      if (failed) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end(endTime);
    },
    writeTo(file, mask) {
      target = { file, mask };
    },
    flush: () => provider.forceFlush(),
  };
}
