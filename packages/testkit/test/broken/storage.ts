import { definePlugin, FloeError, type InputFile, type PluginContext, type WriteOptions } from "@floe/core";
import { z } from "zod";
import type { Broken } from "../prove.ts";
import { configSchema, type MemoryConfig, MemoryStorage, reference } from "../reference/storage.ts";

type Class = new (config: MemoryConfig, context: PluginContext) => MemoryStorage;

const made = (Storage: Class) => ({
  plugin: definePlugin({ ...reference, create: (config, context) => new Storage(config, context) }),
});

/** What dbt's profile is in an instance that hands out its own state. */
const PROFILE = { settings: { bucket: "lake" } };

export const brokenStorages: readonly Broken<"storage">[] = [
  {
    fault: "hangs when a file is read in a range",
    rule: "storage.ranges",
    options: {
      limitMs: 1_000,
      ...made(
        class extends MemoryStorage {
          protected override input(location: string): InputFile {
            const input = super.input(location);
            const valid = async (range: { start: number }) =>
              range.start >= 0 && range.start < (await input.length());
            return {
              ...input,
              read: async (range) =>
                range && range.start === 13 && (await valid(range))
                  ? new Promise(() => undefined)
                  : input.read(range),
            };
          }
        },
      ),
    },
  },
  {
    fault: "writes its token into the log",
    rule: "secrets.nowhere",
    options: made(
      class extends MemoryStorage {
        protected override async access(): Promise<void> {
          const { token } = this.config;
          if (token)
            this.context.logger.debug("asking", { token: await this.context.secrets.resolve(token) });
          return super.access();
        }
      },
    ),
  },
  {
    fault: "quotes a server's answer, and so its own token, in an error",
    rule: "secrets.nowhere",
    options: made(
      class extends MemoryStorage {
        protected override async refuse(response: Response): Promise<never> {
          throw new FloeError("CONNECTION.UNAUTHORIZED", "The server refused.", {
            why: await response.text(),
            next: ["Check the token."],
          });
        }
      },
    ),
  },
  {
    fault: "puts the time into generated files",
    rule: "pure.repeatable",
    options: made(
      class extends MemoryStorage {
        override getHelmValuesOverride() {
          return { generated: new Date().toISOString().slice(0, 10) };
        }
      },
    ),
  },
  {
    fault: "hands out its own state",
    rule: "pure.unshared",
    options: made(
      class extends MemoryStorage {
        override getDbtProfileConfig() {
          return PROFILE;
        }
      },
    ),
  },
  {
    fault: "returns what JSON can't hold",
    rule: "pure.json",
    options: made(
      class extends MemoryStorage {
        override getHelmValuesOverride() {
          return { replicas: undefined } as unknown as Record<string, never>;
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
    fault: "doesn't say what a field is",
    rule: "config.described",
    options: {
      plugin: definePlugin({
        ...reference,
        configSchema: configSchema.extend({ extra: z.string().optional() }),
      }),
    },
  },
  {
    fault: "accepts an invalid bucket",
    rule: "config.refused",
    options: {
      plugin: definePlugin({
        ...reference,
        configSchema: configSchema.extend({ bucket: z.string().describe("Any.") }),
      }),
    },
  },
  {
    fault: "changes its config",
    rule: "config.untouched",
    options: made(
      class extends MemoryStorage {
        override getHelmValuesOverride() {
          this.config.timeoutMs = 200;
          return {};
        }
      },
    ),
  },
  {
    fault: "reads a secret while it is made",
    rule: "create.cheap",
    options: made(
      class extends MemoryStorage {
        constructor(config: MemoryConfig, context: PluginContext) {
          super(config, context);
          if (config.token) void context.secrets.resolve(config.token).catch(() => undefined);
        }
      },
    ),
  },
  {
    fault: "lacks a method",
    rule: "create.complete",
    options: {
      plugin: definePlugin({
        ...reference,
        create: (config, context) =>
          Object.assign(new MemoryStorage(config, context), { getHelmValuesOverride: undefined }) as never,
      }),
    },
  },
  {
    fault: "shows a file before it is whole",
    rule: "storage.hidden-until-whole",
    also: ["storage.source-fails", "storage.write-aborted"],
    options: made(
      class extends MemoryStorage {
        protected override async write(
          location: string,
          data: Uint8Array | AsyncIterable<Uint8Array>,
          options: WriteOptions = {},
        ): Promise<void> {
          if (data instanceof Uint8Array) return super.write(location, data, options);
          await super.write(location, new Uint8Array(), options);
          for await (const chunk of data) {
            options.signal?.throwIfAborted();
            this.files.set(location, Buffer.concat([this.files.get(location) ?? new Uint8Array(), chunk]));
          }
        }
      },
    ),
  },
  {
    fault: "looks whether a file is there, then writes: two creators win",
    rule: "storage.one-creator",
    options: made(
      class extends MemoryStorage {
        protected override async write(
          location: string,
          data: Uint8Array | AsyncIterable<Uint8Array>,
          options: WriteOptions = {},
        ): Promise<void> {
          if (!options.overwrite && this.files.has(location)) return super.write(location, data, options);
          return super.write(location, data, { ...options, overwrite: true });
        }
      },
    ),
  },
  {
    fault: "decodes percent signs in names",
    rule: "storage.names",
    options: made(
      class extends MemoryStorage {
        protected override write(location: string, data: Uint8Array, options?: WriteOptions): Promise<void> {
          return super.write(location.replaceAll("%20", " "), data, { ...options });
        }
        protected override input(location: string): InputFile {
          return { ...super.input(location.replaceAll("%20", " ")), location };
        }
      },
    ),
  },
  {
    fault: "compares a prefix without its slash, and so lets a sibling of the warehouse through",
    rule: "storage.outside",
    options: made(
      class extends MemoryStorage {
        protected override keyOf(location: string): string {
          const sibling = `${this.getWarehouseUri("")}-sibling/`;
          return location.startsWith(sibling) ? location.slice(sibling.length) : super.keyOf(location);
        }
      },
    ),
  },
  {
    fault: "says that files don't exist when the server can't be reached",
    rule: "connection.refused",
    also: ["connection.stalled", "connection.unauthorized", "connection.secret-missing"],
    options: made(
      class extends MemoryStorage {
        protected override input(location: string): InputFile {
          const input = super.input(location);
          return { ...input, exists: () => input.exists().catch(() => false) };
        }
      },
    ),
  },
  {
    fault: "waits for a server forever",
    rule: "connection.stalled",
    also: ["connection.aborted"],
    options: made(
      class extends MemoryStorage {
        protected override async access(): Promise<void> {
          const { endpoint, token } = this.config;
          if (endpoint === undefined) return;
          if (token) await this.context.secrets.resolve(token);
          await fetch(endpoint)
            .catch(() => super.access())
            .then(() => super.access());
        }
      },
    ),
  },
  {
    fault: "throws an Error of its own",
    rule: "storage.create-only",
    also: ["storage.one-creator", "errors.coded"],
    options: made(
      class extends MemoryStorage {
        protected override async write(
          location: string,
          data: Uint8Array | AsyncIterable<Uint8Array>,
          options?: WriteOptions,
        ): Promise<void> {
          return super.write(location, data, options).catch((error: unknown) => {
            if (error instanceof FloeError && error.code === "STORAGE.EXISTS") throw new Error("EEXIST");
            throw error;
          });
        }
      },
    ),
  },
  {
    fault: "prints",
    rule: "output.none",
    options: made(
      class extends MemoryStorage {
        override getDagsterIoManagerConfig() {
          process.stdout.write("");
          return super.getDagsterIoManagerConfig();
        }
      },
    ),
  },
  {
    fault: "has a startup that nothing undoes",
    rule: "lifecycle.paired",
    options: made(
      class extends MemoryStorage {
        async startup(): Promise<void> {
          await this.access();
        }
      },
    ),
  },
];
