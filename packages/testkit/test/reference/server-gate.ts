import {
  type ConnectionResult,
  FloeError,
  isFloeError,
  type PluginContext,
  secretReferenceSchema,
} from "@floe/core";
import { z } from "zod";

/** Configuration of a plugin behind which a server may stand, for references of every kind. */
export const gateShape = {
  endpoint: z.url().optional().describe("Address of a server to ask before each access; none without it."),
  token: secretReferenceSchema.optional().describe("Bearer token for that server."),
  timeoutMs: z.int().positive().default(40).describe("Limit on one request in milliseconds."),
};

export const gateSchema = z.strictObject(gateShape);
export type GateConfig = z.output<typeof gateSchema>;

export const TOKEN = { source: "env", name: "TOKEN" } as const;

/** Options that all references behind a gate share. */
export const gateOptions = {
  config: { token: TOKEN },
  invalidConfigs: [{ timeoutMs: 0 }, { endpoint: "nowhere" }],
  unreachable: ({ url }: { url: string }) => ({ endpoint: url, token: TOKEN }),
  deadlineMs: 500,
};

/** The package.json of a reference. */
export const packageOf = (group: string, name: string) => ({
  name: `floe-reference-${name}`,
  version: "1.0.0",
  exports: "./index.js",
  peerDependencies: { "@floe/core": "^1.0.0" },
  floe: { apiVersion: "1.0", entryPoints: { [group]: { [name]: "." } } },
});

/** Asks the server, if there is one, to be let in. */
export async function pass(
  { endpoint, token, timeoutMs }: GateConfig,
  context: PluginContext,
): Promise<void> {
  const secret = token === undefined ? undefined : await context.secrets.resolve(token);
  if (endpoint === undefined) return;
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  const response = await context.fetch(endpoint, { headers, timeoutMs, retries: 0 });
  if (response.ok) return;
  throw new FloeError("CONNECTION.UNAUTHORIZED", `The server answered ${response.status}.`, {
    next: ["Check the token."],
  });
}

/** {@link pass} as a `ConnectionResult`. */
export async function passResult(config: GateConfig, context: PluginContext): Promise<ConnectionResult> {
  try {
    await pass(config, context);
    return { success: true, message: "It let us in.", next: [] };
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return { success: false, message: error.summary, next: error.next };
  }
}
