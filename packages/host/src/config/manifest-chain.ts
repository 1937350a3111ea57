import { dirname, isAbsolute, resolve } from "node:path";
import { FloeError, type Manifest, manifestSchema } from "@floe/core";
import { canonicalName } from "./aliases.ts";
import { faultsFrom } from "./faults.ts";
import { inherit, type LoadedManifest } from "./inheritance.ts";
import { locate } from "./locate.ts";
import { ONE_PARSE } from "./one-parse.ts";
import { displayPath, readYamlDocument, type YamlDocument } from "./yaml-document.ts";

export interface ManifestChain {
  /** The manifest with what it inherits; undefined where it or a parent isn't valid. */
  manifest: Manifest | undefined;
  /** The files, the named one first, then its parent. */
  documents: readonly YamlDocument[];
  /** The manifests above it, nearest first. */
  ancestors: readonly { manifest: Manifest; file: string }[];
  faults: readonly FloeError[];
}

/** Reads a manifest and those that it names as parents, and merges them. */
export function loadManifestChain(file: string, cwd: string): ManifestChain {
  return follow(file, cwd, [], undefined);
}

function follow(
  file: string,
  cwd: string,
  trail: readonly string[],
  referrer: { document: YamlDocument; child: Manifest } | undefined,
): ManifestChain {
  const nothing = { manifest: undefined, documents: [], ancestors: [] };
  const where = referrer && locate(referrer.document, ["parent_manifest"]);
  const shown = displayPath(file, cwd);
  if (trail.includes(file)) {
    const way = [...trail.slice(trail.indexOf(file)), file].map((one) => displayPath(one, cwd)).join(" -> ");
    const fault = new FloeError("INHERITANCE.CYCLE", "Manifests name each other as parents.", {
      why: way,
      next: ["Remove one of these parent_manifest entries: the enterprise's manifest has none."],
      where,
    });
    return { ...nothing, faults: [fault] };
  }

  const { document, faults } = readYamlDocument(file, shown);
  if (document === undefined) {
    const [fault] = faults;
    const missing = where !== undefined && fault?.code === "CONFIG.NOT_FOUND";
    if (!missing) return { ...nothing, faults };
    const unfound = new FloeError("CONFIG.NOT_FOUND", `There is no parent manifest at ${shown}.`, {
      why: "The path is relative to the file that names it.",
      next: ["Correct parent_manifest."],
      where,
    });
    return { ...nothing, faults: [unfound] };
  }
  const parsed = manifestSchema.safeParse(document.value, ONE_PARSE);
  if (!parsed.success) {
    const own = faultsFrom(parsed.error.issues, document, { schema: manifestSchema });
    return { ...nothing, documents: [document], faults: own };
  }
  const loaded: LoadedManifest = { manifest: withCanonicalNames(parsed.data), document };
  const { parent_manifest: parent, scope } = loaded.manifest;
  if (referrer !== undefined && scope !== "enterprise") {
    const fault = new FloeError("INHERITANCE.SCOPE", `A domain's parent must be an enterprise manifest.`, {
      why: `${shown} has ${scope === undefined ? "no scope" : `scope ${scope}`}.`,
      next: [`Set scope: enterprise in ${shown}, or name another parent.`],
      where,
    });
    // A circle shows as one all the same: it is the likelier mistake.
    const above =
      parent === undefined
        ? undefined
        : follow(resolveParent(parent, file), cwd, [...trail, file], { document, child: loaded.manifest });
    const cycle = above?.faults.filter(({ code }) => code === "INHERITANCE.CYCLE") ?? [];
    return { ...nothing, documents: [document], faults: cycle.length > 0 ? cycle : [fault] };
  }
  if (parent === undefined)
    return { manifest: loaded.manifest, documents: [document], ancestors: [], faults: [] };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(parent)) {
    const fault = new FloeError("CONFIG.INVALID_VALUE", "parent_manifest must be the path of a file.", {
      why: "floe doesn't fetch manifests: a compile reads only what is in the repository.",
      next: ["Check the parent's file out beside this one, and name its path."],
      where: locate(document, ["parent_manifest"]),
    });
    return { ...nothing, documents: [document], faults: [fault] };
  }
  const above = follow(resolveParent(parent, file), cwd, [...trail, file], {
    document,
    child: loaded.manifest,
  });
  const [parentDocument] = above.documents;
  if (above.manifest === undefined || parentDocument === undefined) {
    return { ...nothing, documents: [document, ...above.documents], faults: above.faults };
  }
  const merged = inherit({ manifest: above.manifest, document: parentDocument }, loaded);
  return {
    manifest: merged.manifest,
    documents: [document, ...above.documents],
    ancestors: [{ manifest: above.manifest, file: parentDocument.file }, ...above.ancestors],
    faults: merged.faults,
  };
}

function resolveParent(parent: string, file: string): string {
  return isAbsolute(parent) ? parent : resolve(dirname(file), parent);
}

function withCanonicalNames(manifest: Manifest): Manifest {
  const { dbt, storage } = manifest.plugins;
  return {
    ...manifest,
    plugins: {
      ...manifest.plugins,
      dbt: dbt && { ...dbt, type: canonicalName("dbt", dbt.type) },
      storage: storage && { ...storage, type: canonicalName("storage", storage.type) },
    },
  };
}
