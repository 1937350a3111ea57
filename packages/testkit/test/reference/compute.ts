import {
  type CatalogConfig,
  type ComputeConfig,
  type ConnectionResult,
  type ConnectOptions,
  type DatabaseConnection,
  type DatasetName,
  type DbtProfileOutput,
  definePlugin,
  FloeError,
  isFloeError,
  type PluginContext,
  type PluginImplementation,
  type ResourceSpec,
  type SecretReference,
  type SqlValue,
  secretReferenceSchema,
  type TableParts,
  type WorkloadSize,
} from "@floe/core";
import { z } from "zod";
import { execute, type Tables } from "./micro-sql.ts";

export const configSchema = z.strictObject({
  database: z.string().min(1).describe("Name of the database."),
  endpoint: z.url().optional().describe("Address of a server to log in at; none without it."),
  password: secretReferenceSchema.optional().describe("Password for that server."),
  timeoutMs: z.int().positive().default(40).describe("Limit on logging in, in milliseconds."),
});

export type MicroConfig = z.output<typeof configSchema>;

/** A small SQL engine in memory, behind a server that may ask for a password. Correct in every way. */
export class MicroCompute implements PluginImplementation<"compute"> {
  readonly isSelfHosted: boolean = true;
  readonly tables: Tables = new Map();
  protected readonly config: MicroConfig;
  protected readonly context: PluginContext;

  constructor(config: MicroConfig, context: PluginContext) {
    this.config = config;
    this.context = context;
  }

  generateDbtProfile({ schema = "main", threads = 4 }: ComputeConfig): DbtProfileOutput {
    const { database, password } = this.config;
    return {
      type: "micro",
      database,
      schema,
      threads,
      ...(password && { password: this.variable(password) }),
    };
  }

  getDatasetName(_config: ComputeConfig, { database, schema, table }: TableParts): DatasetName {
    return { namespace: `micro://${this.config.database}`, name: `${database}.${schema}.${table}` };
  }

  getRequiredDbtPackages(): readonly string[] {
    return ["dbt-micro==1.2.3", "micro-driver[fast]==0.9.0"];
  }

  getResourceRequirements(size: WorkloadSize): ResourceSpec {
    const cores = { small: 1, medium: 2, large: 4 }[size];
    return {
      requests: { cpu: `${cores * 500}m`, memory: `${cores}Gi` },
      limits: { cpu: `${cores}`, memory: `${cores * 2}Gi` },
    };
  }

  getCatalogAttachmentSql({ name, warehouse, uri, authorization }: CatalogConfig): readonly string[] | null {
    if (authorization.type === "sigv4") {
      throw new FloeError("PLUGIN.UNSUPPORTED", "The micro engine can't sign requests.", {
        next: ["Use oauth2."],
      });
    }
    const secrets = [
      ...(authorization.type === "bearer" ? [authorization.token] : []),
      ...(authorization.type === "oauth2" ? [authorization.clientId, authorization.clientSecret] : []),
    ].map((reference) => `, SECRET '${this.variable(reference)}'`);
    return [`ATTACH '${warehouse.replaceAll("'", "''")}' AS ${name} (ENDPOINT '${uri}'${secrets.join("")})`];
  }

  async validateConnection(_config: ComputeConfig): Promise<ConnectionResult> {
    try {
      await this.logIn();
      return { success: true, message: `Micro 1.0, ${this.config.database}`, next: [], latencyMs: 0 };
    } catch (error) {
      if (!isFloeError(error)) throw error;
      return { success: false, message: error.summary, next: error.next };
    }
  }

  async connect(
    config: ComputeConfig,
    { readOnly = true }: ConnectOptions = {},
  ): Promise<DatabaseConnection> {
    await this.logIn();
    let open = true;
    return {
      dialect: "micro",
      profile: this.generateDbtProfile(config),
      query: async (sql, parameters = []) => {
        if (!open)
          throw new FloeError("COMPUTE.FAILED", "The connection is closed.", { next: ["Connect again."] });
        return this.execute(sql, parameters, readOnly);
      },
      quoteIdentifier: (parts) => this.quote(parts),
      close: async () => {
        open = false;
      },
    };
  }

  protected execute(sql: string, parameters: readonly SqlValue[], readOnly: boolean) {
    return execute(this.tables, sql, parameters, readOnly);
  }

  protected quote(parts: readonly string[]): string {
    return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
  }

  protected variable(reference: SecretReference): string {
    return `{{ env_var('${this.context.secrets.environmentVariable(reference)}') }}`;
  }

  protected async logIn(): Promise<void> {
    const { database, endpoint, password, timeoutMs } = this.config;
    const failure = (summary: string, next: string) =>
      new FloeError("CONNECTION.FAILED", summary, { next: [next] });
    if (database === "missing") throw failure("There is no database missing.", "Name one that exists.");
    if (endpoint === undefined) return;
    const secret = password && (await this.context.secrets.resolve(password));
    const init = { method: "POST", body: JSON.stringify({ secret }), timeoutMs };
    const response = await this.context.fetch(endpoint, init);
    await response.body?.cancel();
    if (!response.ok) throw failure(`The server answered ${response.status}.`, "Check the password.");
  }
}

export const reference = definePlugin({
  kind: "compute",
  name: "micro",
  configSchema,
  create: (config, context) => new MicroCompute(config, context),
});
