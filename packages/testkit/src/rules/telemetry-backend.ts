import { strict as assert } from "node:assert";
import type { KindRules, Rule } from "../rule.ts";
import { inlineSecret } from "./inline-secrets.ts";

/** Component types that the Collector has renamed or dropped, and what they are now. */
const FORMER: Readonly<Record<string, string>> = {
  jaeger: "otlp_grpc (the jaeger exporter went with v0.85.0)",
  otlp: "otlp_grpc (renamed in v0.144.0)",
  otlphttp: "otlp_http (renamed in v0.144.0)",
  logging: "debug",
};

const pipelines: Rule<"telemetry_backend"> = {
  id: "telemetry.pipelines",
  title: "has pipelines that name only components which are there, and a component for each that it declares",
  async check(subject) {
    const { plugin } = await subject.create();
    const {
      exporters,
      processors = {},
      connectors = {},
      extensions = {},
      service,
    } = plugin.getOtlpExporterConfig();
    assert(Object.keys(exporters).length > 0, "There are no exporters.");
    const ends = new Set([...Object.keys(exporters), ...Object.keys(connectors)]);
    const used = new Set<string>();
    for (const [signal, pipeline] of Object.entries(service.pipelines)) {
      assert(pipeline.receivers.length > 0, `The pipeline ${signal} has no receivers.`);
      assert(pipeline.exporters.length > 0, `The pipeline ${signal} has no exporters.`);
      for (const name of pipeline.exporters) {
        assert(ends.has(name), `The pipeline ${signal} names the exporter ${name}, which isn't declared.`);
        used.add(name);
      }
      for (const name of [...pipeline.processors, ...pipeline.receivers]) used.add(name);
    }
    for (const name of service.extensions ?? []) {
      assert(name in extensions, `service.extensions names ${name}, which isn't declared.`);
      used.add(name);
    }
    for (const name of Object.keys({ ...exporters, ...processors, ...connectors, ...extensions })) {
      assert(used.has(name), `${name} is declared and no pipeline uses it.`);
    }
  },
};

const traces: Rule<"telemetry_backend"> = {
  id: "telemetry.traces",
  title: "takes traces from the otlp receiver",
  async check(subject) {
    const { plugin } = await subject.create();
    const { traces: pipeline } = plugin.getOtlpExporterConfig().service.pipelines;
    assert(pipeline !== undefined, "There is no pipeline for traces.");
    assert(pipeline.receivers.includes("otlp"), "The pipeline for traces doesn't have the otlp receiver.");
  },
};

const names: Rule<"telemetry_backend"> = {
  id: "telemetry.names",
  title: "names components as current Collectors do",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const name of Object.keys(plugin.getOtlpExporterConfig().exporters)) {
      const type = name.split("/")[0] ?? name;
      assert(FORMER[type] === undefined, `The exporter ${type} is now ${FORMER[type]}.`);
    }
  },
};

const secretFree: Rule<"telemetry_backend"> = {
  id: "telemetry.secrets",
  title: "leaves secrets to the Collector's environment",
  async check(subject) {
    const { plugin } = await subject.create();
    const inline = inlineSecret(plugin.getOtlpExporterConfig()) ?? inlineSecret(plugin.getHelmValues());
    assert.equal(inline, undefined, `${inline} must be $${"{env:NAME}"}.`);
  },
};

export const telemetryBackendRules: KindRules<"telemetry_backend"> = {
  kind: "telemetry_backend",
  members: { getOtlpExporterConfig: "function", getHelmValues: "function", validateConnection: "function" },
  pureCalls: () => [
    { title: "getOtlpExporterConfig()", call: (plugin) => plugin.getOtlpExporterConfig() },
    { title: "getHelmValues()", call: (plugin) => plugin.getHelmValues() },
  ],
  liveCalls: [
    { title: "validateConnection()", failure: "answers", call: (plugin) => plugin.validateConnection() },
  ],
  rules: [pipelines, traces, names, secretFree],
};
