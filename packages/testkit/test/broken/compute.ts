import {
  type CatalogConfig,
  type ComputeConfig,
  type ConnectionResult,
  type DbtProfileOutput,
  definePlugin,
  FloeError,
  type PluginContext,
  type SqlValue,
  type WorkloadSize,
} from "@floe/core";
import { z } from "zod";
import type { Broken } from "../prove.ts";
import { configSchema, MicroCompute, type MicroConfig, reference } from "../reference/compute.ts";

type Class = new (config: MicroConfig, context: PluginContext) => MicroCompute;

const made = (Compute: Class) => ({
  plugin: definePlugin({ ...reference, create: (config, context) => new Compute(config, context) }),
});

const PACKAGES = ["dbt-micro==1.2.3"];

let profiles = 0;

export const brokenComputes: readonly Broken<"compute">[] = [
  {
    fault: "hangs when a statement is wrong",
    rule: "compute.failure",
    options: {
      limitMs: 1_000,
      ...made(
        class extends MicroCompute {
          override async connect(...parameters: Parameters<MicroCompute["connect"]>) {
            const connection = await super.connect(...parameters);
            const { query } = connection;
            return {
              ...connection,
              query: (sql: string, values?: readonly SqlValue[]) =>
                sql.startsWith("SELEKT") ? new Promise<never>(() => undefined) : query(sql, values),
            };
          }
        },
      ),
    },
  },
  {
    fault: "puts its password into a message",
    rule: "secrets.nowhere",
    options: made(
      class extends MicroCompute {
        override async validateConnection(config: ComputeConfig): Promise<ConnectionResult> {
          const result = await super.validateConnection(config);
          const { password } = this.config;
          if (result.success || !password) return result;
          const secret = await this.context.secrets.resolve(password).catch(() => "nothing");
          return { ...result, details: { dsn: `micro://floe:${secret}@localhost` } };
        }
      },
    ),
  },
  {
    fault: "counts in a generated file",
    rule: "pure.repeatable",
    options: made(
      class extends MicroCompute {
        override generateDbtProfile(config: ComputeConfig): DbtProfileOutput {
          profiles += 1;
          return { ...super.generateDbtProfile(config), session: `floe-${profiles}` };
        }
      },
    ),
  },
  {
    fault: "ignores keys that it doesn't know",
    rule: "config.strict",
    options: { plugin: definePlugin({ ...reference, configSchema: z.object(configSchema.shape) }) },
  },
  {
    fault: "hands out its own list",
    rule: "pure.unshared",
    options: made(
      class extends MicroCompute {
        override getRequiredDbtPackages() {
          return PACKAGES;
        }
      },
    ),
  },
  {
    fault: "throws where a failed connection is an answer",
    rule: "connection.refused",
    also: [
      "compute.failing-configs",
      "connection.stalled",
      "connection.unauthorized",
      "connection.secret-missing",
    ],
    options: made(
      class extends MicroCompute {
        override async validateConnection(): Promise<ConnectionResult> {
          await this.logIn();
          return { success: true, message: "Micro 1.0", next: [] };
        }
      },
    ),
  },
  {
    fault: "says only that it failed, not what to do",
    rule: "connection.refused",
    also: [
      "compute.failing-configs",
      "connection.stalled",
      "connection.unauthorized",
      "connection.secret-missing",
    ],
    options: made(
      class extends MicroCompute {
        override async validateConnection(config: ComputeConfig): Promise<ConnectionResult> {
          return { ...(await super.validateConnection(config)), next: [] };
        }
      },
    ),
  },
  {
    fault: "goes on when the call is aborted",
    rule: "connection.aborted",
    options: made(
      class extends MicroCompute {
        protected override async logIn(): Promise<void> {
          await super.logIn().catch(async (error: unknown) => {
            if (this.context.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 2_500));
            throw error;
          });
        }
      },
    ),
  },
  {
    fault: "gives the password to dbt as it is",
    rule: "compute.profile",
    options: made(
      class extends MicroCompute {
        override generateDbtProfile(config: ComputeConfig): DbtProfileOutput {
          return { ...super.generateDbtProfile(config), password: "hunter2" };
        }
      },
    ),
  },
  {
    fault: "forgets the product's schema",
    rule: "compute.profile",
    options: made(
      class extends MicroCompute {
        override generateDbtProfile({ schema: _schema, ...config }: ComputeConfig): DbtProfileOutput {
          return super.generateDbtProfile(config);
        }
      },
    ),
  },
  {
    fault: "doesn't pin dbt's adapter",
    rule: "compute.packages",
    options: made(
      class extends MicroCompute {
        override getRequiredDbtPackages() {
          return ["dbt-micro>=1.2"];
        }
      },
    ),
  },
  {
    fault: "limits memory below what it requests",
    rule: "compute.resources",
    options: made(
      class extends MicroCompute {
        override getResourceRequirements(size: WorkloadSize) {
          const { requests, limits } = super.getResourceRequirements(size);
          return { requests, limits: { ...limits, memory: "900Mi" } };
        }
      },
    ),
  },
  {
    fault: "asks for the same whatever the size",
    rule: "compute.resources",
    options: made(
      class extends MicroCompute {
        override getResourceRequirements() {
          return super.getResourceRequirements("small");
        }
      },
    ),
  },
  {
    fault: "doesn't escape a quote in SQL",
    rule: "compute.attachment",
    options: made(
      class extends MicroCompute {
        override getCatalogAttachmentSql(catalog: CatalogConfig): readonly string[] | null {
          return (super.getCatalogAttachmentSql(catalog) ?? []).map((sql) => sql.replaceAll("''", "'"));
        }
      },
    ),
  },
  {
    fault: "interpolates parameters",
    rule: "compute.parameters",
    options: made(
      class extends MicroCompute {
        protected override execute(sql: string, parameters: readonly SqlValue[], readOnly: boolean) {
          const values = [...parameters];
          const text = sql.replaceAll("?", () => (values.length > 0 ? `'${values.shift()}'` : "?"));
          return super.execute(text, [], readOnly);
        }
      },
    ),
  },
  {
    fault: "quotes names without escaping",
    rule: "compute.identifiers",
    options: made(
      class extends MicroCompute {
        protected override quote(parts: readonly string[]): string {
          return parts.map((part) => `"${part}"`).join(".");
        }
      },
    ),
  },
  {
    fault: "lets anyone write",
    rule: "compute.read-only",
    options: made(
      class extends MicroCompute {
        protected override execute(sql: string, parameters: readonly SqlValue[]) {
          return super.execute(sql, parameters, false);
        }
      },
    ),
  },
  {
    fault: "can't be closed twice",
    rule: "compute.close",
    // The connections that other rules leave to be closed are closed once.
    options: made(
      class extends MicroCompute {
        override async connect(...parameters: Parameters<MicroCompute["connect"]>) {
          const connection = await super.connect(...parameters);
          let closed = false;
          return {
            ...connection,
            close: async () => {
              if (closed)
                throw new FloeError("COMPUTE.FAILED", "It is closed.", { next: ["Don't close it."] });
              closed = true;
              await connection.close();
            },
          };
        }
      },
    ),
  },
  {
    fault: "rounds large integers",
    rule: "compute.values",
    options: made(
      class extends MicroCompute {
        protected override execute(sql: string, parameters: readonly SqlValue[], readOnly: boolean) {
          const { columns, rows } = super.execute(sql, parameters, readOnly);
          const rounded = (value: SqlValue) => (value === "9007199254740993" ? Number(value) : value);
          return { columns, rows: rows.map((row) => row.map(rounded)) };
        }
      },
    ),
  },
];
