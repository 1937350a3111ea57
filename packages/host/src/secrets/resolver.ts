import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretReference } from "@floe/core";
import { FloeError, type SecretResolver, secretEnvironmentVariable } from "@floe/core/contracts";
import type { SecretMask } from "./mask.ts";

/** Where Kubernetes, the Vault agent and External Secrets mount secrets, unless FLOE_SECRETS_DIR says. */
const DEFAULT_DIR = "/etc/floe/secrets";

export interface SecretResolverOptions {
  env: Readonly<Record<string, string | undefined>>;
  mask: SecretMask;
}

/**
 * Secrets from the environment, then from mounted files.
 *
 * Whatever a reference's source, its environment variable is looked at first: it is what generated files
 * name, so dbt and floe find the same value, and it lets a laptop stand in for a cluster. After that every
 * source but `env` is a file `<FLOE_SECRETS_DIR>/<name>/<key>` (without a key, `<name>`), which is how
 * Kubernetes, the Vault agent, External Secrets and Infisical's operator all put secrets into a pod.
 */
export function createSecretResolver({ env, mask }: SecretResolverOptions): SecretResolver {
  return {
    environmentVariable: secretEnvironmentVariable,
    async resolve(reference) {
      const variable = secretEnvironmentVariable(reference);
      const value = env[variable];
      if (value !== undefined && value !== "") {
        mask.add(value);
        return value;
      }
      if (reference.source === "env") throw notFound(reference, variable);
      const dir = env.FLOE_SECRETS_DIR ?? DEFAULT_DIR;
      const file = join(dir, reference.name, ...(reference.key === undefined ? [] : [reference.key]));
      const text = await readSecretFile(file, reference, variable);
      mask.add(text);
      return text;
    },
  };
}

async function readSecretFile(file: string, reference: SecretReference, variable: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") throw notFound(reference, variable, file);
    throw new FloeError("SECRET.UNREADABLE", `The secret ${describe(reference)} can't be read.`, {
      why:
        code === "EISDIR"
          ? `${file} is a folder: the reference needs a \`key\`.`
          : `${file}: ${(error as Error).message}`,
      next: [code === "EISDIR" ? "Add `key:` to the reference." : "Check the file's permissions."],
      cause: error,
    });
  }
  // Files that people write end in a line break that isn't part of the secret.
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw notFound(reference, variable, file);
  return value;
}

function describe({ source, name, key }: SecretReference): string {
  return `${source}:${name}${key === undefined ? "" : `/${key}`}`;
}

function notFound(reference: SecretReference, variable: string, file?: string): FloeError {
  return new FloeError("SECRET.NOT_FOUND", `The secret ${describe(reference)} isn't set.`, {
    why: `Looked for the environment variable ${variable}${file === undefined ? "" : ` and the file ${file}`}.`,
    next: [
      `Set the environment variable ${variable}.`,
      ...(file === undefined ? [] : [`Mount the secret at ${file}, or set FLOE_SECRETS_DIR.`]),
    ],
  });
}
