import { FloeError, type PluginIdentity } from "@floe/core";
import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, describe, expect, it } from "vitest";
import { currentCallSignal } from "../../src/calls/deadline.ts";
import { createOpenTelemetryTracer, noTracer } from "../../src/calls/tracer.ts";
import { wrapPlugin } from "../../src/calls/wrap-plugin.ts";
import { SecretMask } from "../../src/secrets/mask.ts";

const plugin: PluginIdentity = {
  kind: "storage",
  name: "s3",
  version: "1.2.3",
  package: "floe-storage-s3",
  packageDir: "/nowhere",
};

// Only what a test calls is there; the wrapper must work on whatever a plugin implements.
function wrap(target: Record<string, unknown>, options: Partial<Parameters<typeof wrapPlugin>[1]> = {}) {
  return wrapPlugin<"storage">(target as never, {
    plugin,
    mask: new SecretMask(),
    tracer: noTracer,
    ...options,
  }) as unknown as Record<string, (...parameters: unknown[]) => unknown>;
}

describe("a wrapped plugin", () => {
  it("hands on values, promises, parameters and plain members", async () => {
    const wrapped = wrap({ now: (a: number) => a + 1, later: async (a: number) => a + 2, name: "s3" });
    expect(wrapped.now?.(1)).toBe(2);
    await expect(wrapped.later?.(1)).resolves.toBe(3);
    expect(wrapped.name).toBe("s3");
    expect(wrapped.missing).toBeUndefined();
  });

  it("keeps `this`, private fields included", () => {
    class Counter {
      #count = 0;
      increment(): number {
        this.#count += 1;
        return this.#count;
      }
    }
    const counter = new Counter();
    const wrapped = wrap({ increment: () => counter.increment() });
    expect([wrapped.increment?.(), wrapped.increment?.()]).toEqual([1, 2]);
  });

  it("bounds wall time, even where the plugin ignores its signal", async () => {
    let told: AbortSignal | undefined;
    const wrapped = wrap(
      {
        validateConnection: () => {
          told = currentCallSignal();
          return new Promise(() => {});
        },
      },
      { limits: { validateConnection: 30 } },
    );
    const started = performance.now();
    await expect(wrapped.validateConnection?.()).rejects.toMatchObject({
      code: "PLUGIN.TIMEOUT",
      plugin: "storage s3",
      summary: "The storage plugin s3 didn't finish validateConnection in 30 ms.",
    });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(told?.aborted).toBe(true);
  });

  it("gives each call its own signal", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const wrapped = wrap({ look: async () => signals.push(currentCallSignal()) });
    await Promise.all([wrapped.look?.(), wrapped.look?.()]);
    expect(signals[0]).toBeInstanceOf(AbortSignal);
    expect(signals[0]).not.toBe(signals[1]);
    expect(currentCallSignal()).toBeUndefined();
  });

  it("ends calls when the user interrupts", async () => {
    const user = new AbortController();
    const wrapped = wrap({ run: () => new Promise(() => {}) }, { signal: user.signal });
    const running = wrapped.run?.();
    user.abort();
    await expect(running).rejects.toMatchObject({ code: "RUN.INTERRUPTED", exitCode: 130 });
  });

  it("maps what a plugin throws, at once or later, and names the plugin", async () => {
    const wrapped = wrap({
      now: () => {
        throw new TypeError("undefined is not a function");
      },
      later: async () => {
        throw new Error("boom");
      },
    });
    expect(() => wrapped.now?.()).toThrow(
      expect.objectContaining({
        code: "PLUGIN.CALL_FAILED",
        why: "undefined is not a function",
        next: ["Report this to the author of floe-storage-s3 1.2.3."],
      }),
    );
    await expect(wrapped.later?.()).rejects.toMatchObject({ code: "PLUGIN.CALL_FAILED", why: "boom" });
  });

  it("lets coded errors through, and masks secrets in every part", async () => {
    const mask = new SecretMask();
    mask.add("hunter-two");
    const wrapped = wrap(
      {
        run: async () => {
          throw new FloeError("CONNECTION.UNAUTHORIZED", "refused hunter-two", {
            why: "key hunter-two",
            next: ["try hunter-two"],
          });
        },
      },
      { mask },
    );
    const error = await Promise.resolve(wrapped.run?.()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "CONNECTION.UNAUTHORIZED", plugin: "storage s3" });
    expect(JSON.stringify(error)).not.toContain("hunter-two");
  });
});

describe("spans", () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  afterAll(async () => {
    trace.disable();
    await provider.shutdown();
  });

  it("covers each call that takes time, and tells failures by their code", async () => {
    const tracer = await createOpenTelemetryTracer("1.0.0");
    const wrapped = wrap(
      {
        getWarehouseUri: () => "s3://lake",
        healthCheck: async () => ({ state: "healthy", message: "" }),
        validateConnection: async () => {
          throw new FloeError("CONNECTION.REFUSED", "no");
        },
      },
      { tracer },
    );
    // What is pure leaves none: a run asks thousands of times.
    wrapped.getWarehouseUri?.();
    await wrapped.healthCheck?.();
    await expect(wrapped.validateConnection?.()).rejects.toThrow();
    expect(
      exporter
        .getFinishedSpans()
        .map(({ name, attributes, status }) => ({ name, attributes, code: status.code })),
    ).toEqual([
      {
        name: "storage.healthCheck",
        code: 0,
        attributes: {
          "floe.plugin.kind": "storage",
          "floe.plugin.name": "s3",
          "floe.plugin.version": "1.2.3",
          "floe.plugin.method": "healthCheck",
        },
      },
      {
        name: "storage.validateConnection",
        code: 2,
        attributes: expect.objectContaining({ "error.type": "CONNECTION.REFUSED" }),
      },
    ]);
  });
});
