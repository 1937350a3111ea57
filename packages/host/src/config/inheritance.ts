import { FloeError, type Manifest, type PluginSelection } from "@floe/core";
import { inheritQuality } from "./inherit-quality.ts";
import { formatPath, locate } from "./locate.ts";
import { asWritten, isWritten, writtenAt } from "./spelling.ts";
import { overlay, type ReportLoosening } from "./tighten.ts";
import { ARTIFACTS_TIGHTENING, GOVERNANCE_TIGHTENING, show, type TighteningTable } from "./tightening.ts";
import type { YamlDocument } from "./yaml-document.ts";

/** A manifest that was read from a file and is valid on its own. */
export interface LoadedManifest {
  manifest: Manifest;
  document: YamlDocument;
}

/**
 * A child's manifest with what it inherits: plugins by kind, everything else by key, the child's over the
 * parent's; but of rules and gates the stricter, and a child that loosens one is a fault at its own line.
 * See docs/decisions/0002-inheritance-tightens.md.
 */
export function inherit(
  parent: LoadedManifest,
  child: LoadedManifest,
): { manifest: Manifest; faults: FloeError[] } {
  const faults: FloeError[] = [];
  const loosened: ReportLoosening = (path, problem, inherited) => {
    const own = asWritten(child.document, path);
    const { file, line } = locate(parent.document, asWritten(parent.document, path));
    const says = isWritten(writtenAt(parent.document, path)) ? "sets it to" : "leaves it at";
    const value = inherited === undefined ? "nothing" : show(inherited);
    faults.push(
      new FloeError("POLICY.LOOSENED", `${formatPath(own)} ${problem}.`, {
        why: `${file}:${line} ${says} ${value}, and a child may tighten its parent's rules but never loosen them.`,
        next: [
          "Remove it here, or make it stricter.",
          `Ask ${parent.manifest.metadata.owner} to change the parent.`,
        ],
        where: locate(child.document, own),
      }),
    );
  };

  const section = <K extends "governance" | "defaults" | "observability" | "artifacts">(
    key: K,
    rules: TighteningTable = {},
  ): Manifest[K] => {
    const written = writtenAt(child.document, [key]);
    return overlay(parent.manifest[key], child.manifest[key], written, { rules, path: [key], loosened });
  };

  const manifest: Manifest = {
    ...child.manifest,
    plugins: inheritPlugins(parent, child, loosened),
    governance: section("governance", GOVERNANCE_TIGHTENING),
    approved_plugins: parent.manifest.approved_plugins,
    approved_sinks: parent.manifest.approved_sinks,
    defaults: section("defaults"),
    observability: section("observability"),
    artifacts: section("artifacts", ARTIFACTS_TIGHTENING),
    resource_presets: { ...parent.manifest.resource_presets, ...child.manifest.resource_presets },
  };
  return { manifest, faults };
}

function inheritPlugins(
  parent: LoadedManifest,
  child: LoadedManifest,
  loosened: ReportLoosening,
): Manifest["plugins"] {
  const { data_quality: parentQuality, ...inherited } = parent.manifest.plugins;
  const { data_quality: childQuality, ...own } = child.manifest.plugins;
  const selections: Record<string, PluginSelection | undefined> = { ...inherited };
  for (const [kind, selection] of Object.entries(own)) {
    if (selection !== undefined) selections[kind] = selection;
  }
  const data_quality =
    parentQuality !== undefined && childQuality !== undefined
      ? inheritQuality(parentQuality, childQuality, child.document, loosened)
      : (childQuality ?? parentQuality);
  return { ...selections, data_quality } as Manifest["plugins"];
}
