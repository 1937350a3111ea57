import { join } from "node:path";
import { buildByGo } from "./go.ts";
import { freePort, type Service } from "./service.ts";

const VERSION = "1.45.0";
const BUILD_LIMIT_MS = 600_000;

/** What a test that may have to build the server should allow. */
export const JAEGER_START_LIMIT_MS: number = BUILD_LIMIT_MS + 60_000;

/** The ports of a Jaeger that was started, by the port of its query service. */
const otlpPorts = new Map<number, number>();

/** Where a running Jaeger takes OTLP over HTTP. */
export function otlpUrl({ port }: { port: number }): string {
  return `http://127.0.0.1:${otlpPorts.get(port)}`;
}

/** Jaeger, all in one process and in memory, with OTLP over HTTP and the query API. Built by Go. */
export const jaeger: Service = {
  name: "jaeger",
  version: VERSION,
  readyPath: "/api/services",
  async install(dir) {
    await buildByGo(`github.com/jaegertracing/jaeger/cmd/all-in-one@v${VERSION}`, dir, BUILD_LIMIT_MS);
  },
  async command({ dir, port }) {
    const ports = await Promise.all(Array.from({ length: 12 }, freePort));
    const [otlpHttp = 0, ...others] = ports;
    otlpPorts.set(port, otlpHttp);
    // Whatever isn't given a port of its own listens on every interface.
    const flags = [
      "admin.http.host-port",
      "collector.grpc-server.host-port",
      "collector.http-server.host-port",
      "collector.otlp.grpc.host-port",
      "collector.zipkin.host-port",
      "http-server.host-port",
      "processor.jaeger-binary.server-host-port",
      "processor.jaeger-compact.server-host-port",
      "processor.zipkin-compact.server-host-port",
      "query.grpc-server.host-port",
    ].map((flag, index) => `--${flag}=127.0.0.1:${others[index]}`);
    return {
      program: join(dir, "all-in-one"),
      parameters: [
        `--query.http-server.host-port=127.0.0.1:${port}`,
        `--collector.otlp.http.host-port=127.0.0.1:${otlpHttp}`,
        "--collector.otlp.enabled=true",
        ...flags,
      ],
    };
  },
};
