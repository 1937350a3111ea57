import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { FloeError, type PluginContext } from "@floe/core";

/**
 * The certificate authorities that Node knows and one's own: what `ca` takes in Node's TLS.
 *
 * @param caFile PEM file, from the product's folder or absolute.
 * @throws FloeError `CONFIG.UNREADABLE`.
 */
export async function readAuthority(caFile: string, { paths }: PluginContext): Promise<string[]> {
  const path = resolve(paths.projectDir, caFile);
  try {
    return [...rootCertificates, await readFile(path, "utf8")];
  } catch (error) {
    throw new FloeError("CONFIG.UNREADABLE", `The certificate authority ${caFile} can't be read.`, {
      why: (error as Error).message,
      next: ["Correct plugins.storage.config.ca_file in manifest.yaml."],
      cause: error,
    });
  }
}
