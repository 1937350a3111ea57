import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type ErrorCode,
  FloeError,
  type FloeSpec,
  floeSpecSchema,
  type Manifest,
  manifestSchema,
  type Place,
} from "@floe/core";
import type { z } from "zod";
import { ancestors as foldersAbove } from "../discovery/layout.ts";
import { faultsFrom, sortFaults } from "./faults.ts";
import { locate } from "./locate.ts";
import { loadManifestChain, type ManifestChain } from "./manifest-chain.ts";
import { ONE_PARSE } from "./one-parse.ts";
import { asWritten, isWritten, writtenAt } from "./spelling.ts";
import { checkWhitelists } from "./whitelists.ts";
import { displayPath, readYamlDocument, type YamlDocument } from "./yaml-document.ts";

export interface ConfigurationFiles {
  /** `floe.yaml`; without one, a platform is looked at on its own. */
  floeFile?: string | undefined;
  /** `manifest.yaml`; by default as the product names it, or the nearest at or above its folder. */
  manifestFile?: string | undefined;
}

/** A product and its platform, as far as they are valid, and everything that is wrong with them. */
export class Configuration {
  readonly product: FloeSpec | undefined;
  /** The platform's manifest with what it inherits. */
  readonly manifest: Manifest | undefined;
  /** The manifests above it, nearest first. */
  readonly ancestors: ManifestChain["ancestors"];
  readonly faults: readonly FloeError[];
  readonly #productDocument: YamlDocument | undefined;
  readonly #manifestDocuments: readonly YamlDocument[];

  constructor(
    product: { spec: FloeSpec | undefined; document: YamlDocument | undefined },
    chain: ManifestChain,
    faults: readonly FloeError[],
  ) {
    this.product = product.spec;
    this.#productDocument = product.document;
    this.manifest = chain.manifest;
    this.ancestors = chain.ancestors;
    this.#manifestDocuments = chain.documents;
    const refused: FloeError[] = [];
    if (chain.manifest !== undefined) {
      checkWhitelists(chain.manifest, product.spec, (source, path, { code, ...refusal }) => {
        const where = source === "manifest" ? this.placeInManifest(path) : this.placeInProduct(path);
        refused.push(new FloeError(code, refusal.summary, { why: refusal.why, next: refusal.next, where }));
      });
    }
    this.faults = sortFaults([...faults, ...refused]);
  }

  /** One platform for itself, one with a company's above it, or one without a product. */
  get mode(): "simple" | "centralized" | "mesh" {
    if (this.ancestors.length > 0) return "mesh";
    return this.manifest?.scope === "enterprise" ? "centralized" : "simple";
  }

  /** Where a value of the effective manifest was written: in the manifest itself, or in the one above. */
  placeInManifest(path: readonly PropertyKey[]): Place | undefined {
    const document = this.#manifestDocumentWith(path);
    return document && locate(document, asWritten(document, path));
  }

  placeInProduct(path: readonly PropertyKey[]): Place | undefined {
    return this.#productDocument && locate(this.#productDocument, path);
  }

  /** What a plugin's schema found in its configuration, as faults with their place. */
  faultsInManifest(
    path: readonly PropertyKey[],
    issues: readonly z.core.$ZodIssue[],
    schema: z.core.$ZodType,
    code?: ErrorCode,
  ): FloeError[] {
    const byDocument = Map.groupBy(issues, (issue) => this.#manifestDocumentWith([...path, ...issue.path]));
    return [...byDocument].flatMap(([document, own]) => {
      if (document === undefined) return [];
      const at = asWritten(document, path);
      return faultsFrom(own, document, { at, schema, ...(code === undefined ? {} : { code }) });
    });
  }

  /** The file that a value of the effective manifest comes from. */
  #manifestDocumentWith(path: readonly PropertyKey[]): YamlDocument | undefined {
    const withAll = (keys: readonly PropertyKey[]): YamlDocument | undefined =>
      this.#manifestDocuments.find((document) => isWritten(writtenAt(document, keys)));
    // A selection is inherited whole; everything else by key.
    const whole = path[0] === "plugins" && path[1] !== "data_quality";
    return (whole ? undefined : withAll(path)) ?? withAll(path.slice(0, 2)) ?? this.#manifestDocuments[0];
  }
}

/**
 * Loads a product's and a platform's files. What is wrong with them is in `faults`, all of it at once;
 * nothing is thrown for a user's mistake.
 *
 * @param cwd The folder that paths in messages are relative to.
 */
export function loadConfiguration(
  { floeFile, manifestFile }: ConfigurationFiles,
  cwd: string,
): Configuration {
  const faults: FloeError[] = [];
  const product =
    floeFile === undefined ? { spec: undefined, document: undefined } : loadProduct(floeFile, cwd, faults);
  const found = manifestFile ?? findManifest(product, floeFile);
  const none: ManifestChain = { manifest: undefined, documents: [], ancestors: [], faults: [] };
  if (found === undefined) {
    const chain = product.document === undefined ? none : { ...none, manifest: embeddedManifest() };
    return new Configuration(product, chain, faults);
  }
  const named = manifestFile === undefined && product.spec?.platform !== undefined;
  if (named && !existsSync(found) && product.document !== undefined) {
    faults.push(
      new FloeError("CONFIG.NOT_FOUND", `There is no manifest at ${displayPath(found, cwd)}.`, {
        why: "The path is relative to the product's file.",
        next: ["Correct platform.manifest."],
        where: locate(product.document, ["platform", "manifest"]),
      }),
    );
    return new Configuration(product, none, faults);
  }
  const chain = loadManifestChain(found, cwd);
  return new Configuration(product, chain, [...faults, ...chain.faults]);
}

/**
 * The platform of a product that has none: everything on this machine. What it leaves open is filled like
 * any manifest's.
 */
function embeddedManifest(): Manifest {
  return manifestSchema.parse({
    apiVersion: "floe.dev/v1",
    kind: "Manifest",
    metadata: { name: "embedded", version: "1.0.0", owner: "floe" },
    plugins: { compute: { type: "duckdb" } },
  });
}

function loadProduct(
  file: string,
  cwd: string,
  faults: FloeError[],
): { spec: FloeSpec | undefined; document: YamlDocument | undefined } {
  const { document, faults: readFaults } = readYamlDocument(file, displayPath(file, cwd));
  faults.push(...readFaults);
  if (document === undefined) return { spec: undefined, document };
  const parsed = floeSpecSchema.safeParse(document.value, ONE_PARSE);
  if (parsed.success) return { spec: parsed.data, document };
  faults.push(...faultsFrom(parsed.error.issues, document, { schema: floeSpecSchema }));
  return { spec: undefined, document };
}

function findManifest(
  { spec, document }: { spec: FloeSpec | undefined; document: YamlDocument | undefined },
  floeFile: string | undefined,
): string | undefined {
  if (floeFile === undefined) return undefined;
  const folder = dirname(floeFile);
  // Also where the product has faults elsewhere: the platform's are worth telling at the same time.
  const platform = document?.value.platform as { manifest?: unknown } | null | undefined;
  const named = spec?.platform?.manifest ?? platform?.manifest;
  if (typeof named === "string" && named !== "") return resolve(folder, named);
  for (const dir of foldersAbove(folder)) {
    const file = join(dir, "manifest.yaml");
    if (existsSync(file)) return file;
    // What lies above a repository isn't its platform: half of the world calls a file manifest.yaml.
    if (existsSync(join(dir, ".git"))) return undefined;
  }
  return undefined;
}
