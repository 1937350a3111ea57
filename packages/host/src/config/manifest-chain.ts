import { dirname, resolve } from "node:path";
import { FloeError, type Manifest, manifestSchema, type Place } from "@floe/core";
import { canonicalName } from "./aliases.ts";
import { faultsFrom } from "./faults.ts";
import { inherit } from "./inheritance.ts";
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
  return follow(file, [], undefined, cwd);
}

/**
 * @param trail The files that led here, for circles.
 * @param named Where a child names this file as its parent.
 */
function follow(
  file: string,
  trail: readonly string[],
  named: Place | undefined,
  cwd: string,
): ManifestChain {
  if (trail.includes(file))
    return failed([], [cycle([...trail.slice(trail.indexOf(file)), file], named, cwd)]);
  const { document, faults: unread } = readYamlDocument(file, displayPath(file, cwd));
  if (document === undefined) {
    return failed([], named === undefined ? unread : unread.map((fault) => atReference(fault, named)));
  }
  const parsed = manifestSchema.safeParse(document.value, ONE_PARSE);
  const faults = parsed.success ? [] : faultsFrom(parsed.error.issues, document, { schema: manifestSchema });

  // A parent is read even where its child has faults: what is wrong with it is worth telling as well.
  const parent = document.value.parent_manifest;
  const where = locate(document, ["parent_manifest"]);
  const above =
    typeof parent === "string" ? openParent(parent, file, [...trail, file], where, cwd) : undefined;
  if (named !== undefined && parsed.success && parsed.data.scope !== "enterprise") {
    // A circle shows as a domain above a domain, but is the likelier mistake.
    const circles = above?.faults.filter(({ code }) => code === "INHERITANCE.CYCLE") ?? [];
    return failed([document], circles.length > 0 ? circles : [wrongScope(parsed.data, document.file, named)]);
  }
  if (!parsed.success || (above !== undefined && above.manifest === undefined)) {
    return failed([document, ...(above?.documents ?? [])], [...faults, ...(above?.faults ?? [])]);
  }
  const manifest = withCanonicalNames(parsed.data);
  const [parentDocument] = above?.documents ?? [];
  if (above?.manifest === undefined || parentDocument === undefined) {
    return { manifest, documents: [document], ancestors: [], faults };
  }
  const merged = inherit({ manifest: above.manifest, document: parentDocument }, { manifest, document });
  return {
    manifest: merged.manifest,
    documents: [document, ...above.documents],
    ancestors: [{ manifest: above.manifest, file: parentDocument.file }, ...above.ancestors],
    faults: [...above.faults, ...merged.faults],
  };
}

function openParent(
  parent: string,
  file: string,
  trail: readonly string[],
  where: Place,
  cwd: string,
): ManifestChain | undefined {
  if (parent === "") return undefined;
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(parent))
    return follow(resolve(dirname(file), parent), trail, where, cwd);
  const fault = new FloeError("CONFIG.INVALID_VALUE", "parent_manifest must be the path of a file.", {
    why: "floe doesn't fetch manifests: a compile reads only what is in the repository.",
    next: ["Check the parent's file out beside this one, and name its path."],
    where,
  });
  return failed([], [fault]);
}

function failed(documents: readonly YamlDocument[], faults: readonly FloeError[]): ManifestChain {
  return { manifest: undefined, documents, ancestors: [], faults };
}

function cycle(files: readonly string[], where: Place | undefined, cwd: string): FloeError {
  return new FloeError("INHERITANCE.CYCLE", "Manifests name each other as parents.", {
    why: files.map((file) => displayPath(file, cwd)).join(" -> "),
    next: ["Remove one of these parent_manifest entries: the enterprise's manifest has none."],
    where,
  });
}

/** A file that can't be read has no line of its own: the one that names it is what to correct. */
function atReference(fault: FloeError, where: Place): FloeError {
  if (fault.where?.line !== undefined) return fault;
  const { code, summary, why, next, cause } = fault;
  if (code !== "CONFIG.NOT_FOUND") return new FloeError(code, summary, { why, next, where, cause });
  return new FloeError(code, `There is no parent manifest at ${fault.where?.file ?? "its path"}.`, {
    why: "The path is relative to the file that names it.",
    next: ["Correct parent_manifest."],
    where,
  });
}

function wrongScope({ scope }: Manifest, shown: string, where: Place): FloeError {
  return new FloeError("INHERITANCE.SCOPE", "A domain's parent must be an enterprise manifest.", {
    why: `${shown} has ${scope === undefined ? "no scope" : `scope ${scope}`}.`,
    next: [`Set scope: enterprise in ${shown}, or name another parent.`],
    where,
  });
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
