import { testTelemetryBackendPlugin } from "@floe/testkit";
import { jaeger } from "@floe/tooling/jaeger";
import { requireService } from "@floe/tooling/service";
import plugin from "floe-telemetry-jaeger";
import { afterAll } from "vitest";

const server = await requireService(jaeger);
afterAll(async () => {
  if ("url" in server) await server[Symbol.asyncDispose]();
});

testTelemetryBackendPlugin({
  plugin,
  config: "url" in server ? { query_url: server.url } : {},
  invalidConfigs: [{ protocol: "udp" }, { query_url: "jaeger" }],
  packageJson: new URL("../package.json", import.meta.url),
  unreachable: ({ url }) => ({ query_url: url }),
  deadlineMs: 10_000,
  ...("url" in server ? {} : { offline: server.missing }),
});
