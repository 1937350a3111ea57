import {
  type ByteRange,
  definePlugin,
  type FileIO,
  FloeError,
  type InputFile,
  type OutputFile,
  type PluginContext,
  type PluginImplementation,
  secretReferenceSchema,
  type WriteOptions,
} from "@floe/core";
import { z } from "zod";

export const configSchema = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .describe("Name of the bucket."),
  endpoint: z.url().optional().describe("Address of a server to ask before each access; none without it."),
  token: secretReferenceSchema.optional().describe("Bearer token for that server."),
  timeoutMs: z.int().positive().default(40).describe("Limit on one request in milliseconds."),
});

export type MemoryConfig = z.output<typeof configSchema>;

/** A bucket in memory, in front of which a server may stand that lets in. Correct in every way. */
export class MemoryStorage implements PluginImplementation<"storage"> {
  readonly files = new Map<string, Uint8Array>();
  protected readonly config: MemoryConfig;
  protected readonly context: PluginContext;

  constructor(config: MemoryConfig, context: PluginContext) {
    this.config = config;
    this.context = context;
  }

  getWarehouseUri(namespace: string): string {
    if (/\.\.|[/\\]/.test(namespace)) throw outside(namespace);
    return ["mem:/", this.config.bucket, "wh", ...namespace.split(".").filter(Boolean)].join("/");
  }

  getPyicebergProperties(): Record<string, string> {
    return { "py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO" };
  }

  getDbtProfileConfig() {
    const { token } = this.config;
    const variable = token && this.context.secrets.environmentVariable(token);
    return {
      settings: { bucket: this.config.bucket, ...(variable && { token: `{{ env_var('${variable}') }}` }) },
    };
  }

  getDagsterIoManagerConfig() {
    return { base_dir: this.getWarehouseUri("") };
  }

  getHelmValuesOverride() {
    return {};
  }

  getFileIO(): FileIO {
    return {
      newInput: (location) => this.input(location),
      newOutput: (location) => this.output(location),
      delete: async (location) => {
        this.keyOf(location);
        await this.access();
        this.files.delete(location);
      },
    };
  }

  protected input(location: string): InputFile {
    this.keyOf(location);
    const data = async (): Promise<Uint8Array> => {
      await this.access();
      const found = this.files.get(location);
      if (found !== undefined) return found;
      throw new FloeError("STORAGE.NOT_FOUND", `${location} doesn't exist.`, {
        next: ["Check the location."],
      });
    };
    return {
      location,
      exists: async () => {
        await this.access();
        return this.files.has(location);
      },
      length: async () => (await data()).length,
      read: async (range) => slice(await data(), range).slice(),
      async *stream(range) {
        const bytes = slice(await data(), range);
        for (let at = 0; at < bytes.length; at += 65_536) yield bytes.slice(at, at + 65_536);
      },
    };
  }

  protected output(location: string): OutputFile {
    this.keyOf(location);
    return {
      location,
      write: (data, options) => this.write(location, data, options),
      toInputFile: () => this.input(location),
    };
  }

  protected async write(
    location: string,
    data: Uint8Array | AsyncIterable<Uint8Array>,
    { overwrite = false, signal }: WriteOptions = {},
  ): Promise<void> {
    await this.access();
    signal?.throwIfAborted();
    const chunks: Uint8Array[] = [];
    if (data instanceof Uint8Array) chunks.push(data);
    else {
      for await (const chunk of data) {
        signal?.throwIfAborted();
        chunks.push(chunk);
      }
    }
    if (!overwrite && this.files.has(location)) {
      throw new FloeError("STORAGE.EXISTS", `${location} is there already.`, {
        next: ["Write with overwrite."],
      });
    }
    this.files.set(location, Buffer.concat(chunks));
  }

  /** Asks the server, where there is one. */
  protected async access(): Promise<void> {
    const { endpoint, token, timeoutMs } = this.config;
    if (endpoint === undefined) return;
    const secret = token && (await this.context.secrets.resolve(token));
    const headers: Record<string, string> = secret ? { authorization: `Bearer ${secret}` } : {};
    const response = await this.context.fetch(endpoint, { headers, timeoutMs, retries: 0 });
    if (!response.ok) await this.refuse(response);
    await response.body?.cancel();
  }

  protected async refuse(response: Response): Promise<never> {
    await response.body?.cancel();
    throw new FloeError("CONNECTION.UNAUTHORIZED", `The server answered ${response.status}.`, {
      next: ["Check the token."],
    });
  }

  protected keyOf(location: string): string {
    const warehouse = `${this.getWarehouseUri("")}/`;
    const key = location.slice(warehouse.length);
    if (!location.startsWith(warehouse) || key.split("/").includes("..")) throw outside(location);
    return key;
  }
}

function slice(data: Uint8Array, range: ByteRange = { start: 0, end: data.length }): Uint8Array {
  const { start, end = data.length } = range;
  const whole = start === 0 && range.end === data.length;
  if (!whole && (start < 0 || start >= data.length || end < start)) {
    throw new FloeError(
      "STORAGE.INVALID_RANGE",
      `The range ${start}-${end} isn't in a file of ${data.length} bytes.`,
      {
        next: ["Ask for bytes that are there."],
      },
    );
  }
  return data.subarray(start, end);
}

function outside(what: string): FloeError {
  return new FloeError("STORAGE.OUTSIDE_WAREHOUSE", `${what} leads outside of the warehouse.`, {
    next: ["Use a location below the warehouse."],
  });
}

export const reference = definePlugin({
  kind: "storage",
  name: "memory",
  description: "Files in memory.",
  configSchema,
  create: (config, context) => new MemoryStorage(config, context),
});
