import type { TracerProvider } from "@opentelemetry/api";

/** Values of a span's attributes. Never secrets. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * What the host needs of tracing, so that OpenTelemetry is loaded only where someone listens.
 *
 * `call` runs `task` inside a span that ends when the promise does that it gives; what it throws marks the
 * span as failed and is thrown on. A value that is there at once took no time and leaves no span: a trace
 * would be thousands of names of tables, and the few calls that matter among them.
 */
export interface CallTracer {
  call<T>(name: string, attributes: SpanAttributes, task: () => T): T;
}

/** Traces nothing. */
export const noTracer: CallTracer = { call: (_name, _attributes, task) => task() };

/**
 * Spans through the OpenTelemetry API.
 *
 * @param provider What records them. Default: whatever SDK the process has registered, or none.
 */
export async function createOpenTelemetryTracer(
  version: string,
  provider?: TracerProvider,
): Promise<CallTracer> {
  const { SpanStatusCode, trace } = await import("@opentelemetry/api");
  const tracer = (provider ?? trace).getTracer("@floe/host", version);
  return {
    call: (name, attributes, task) =>
      tracer.startActiveSpan(name, { attributes: { ...attributes } }, (span) => {
        const fail = (error: unknown): never => {
          const code = (error as { code?: unknown }).code;
          span.setAttribute("error.type", typeof code === "string" ? code : "INTERNAL.BUG");
          // Only the code: a message may carry what a server echoed back.
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
          throw error;
        };
        let result: ReturnType<typeof task>;
        try {
          result = task();
        } catch (error) {
          return fail(error);
        }
        // Never ended, it is never told.
        if (!(result instanceof Promise)) return result;
        const ended = result.then((value: unknown) => {
          span.end();
          return value;
        }, fail);
        return ended as ReturnType<typeof task>;
      }),
  };
}
