import { builtinModules } from "node:module";
import { packageOf } from "../workspace/imports.ts";
import type { PackageManifest } from "../workspace/manifest.ts";
import { publishable, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

/** What every package may use in tests without declaring it: the root declares it for all. */
const FROM_THE_ROOT = ["vitest"];

/** Every imported package is declared, and every declared one is imported. */
export const declaredDependencies: Check = {
  title: "what is imported is declared, and the other way round",
  find: (workspace) =>
    publishable(workspace).flatMap((each) => [...undeclared(each), ...unused(each), ...bareBuiltins(each)]),
};

function runtimeNames(manifest: PackageManifest): string[] {
  return Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  });
}

function undeclared(subject: WorkspacePackage): Finding[] {
  const runtime = new Set([subject.name, ...runtimeNames(subject.manifest)]);
  const inTests = new Set([
    ...runtime,
    ...Object.keys(subject.manifest.devDependencies ?? {}),
    ...FROM_THE_ROOT,
  ]);
  return subject.imports.flatMap((site) => {
    const name = packageOf(site.specifier);
    if (name === undefined || builtinModules.includes(name)) return [];
    if ((site.area === "test" ? inTests : runtime).has(name)) return [];
    const field = site.area === "test" ? "devDependencies" : "dependencies";
    return [
      {
        file: `${site.file}:${site.line}`,
        message: `${subject.name} imports ${name}, which its package.json doesn't declare.`,
        remedy: `Add ${name} to ${field} in ${subject.path}/package.json.`,
      },
    ];
  });
}

function unused(subject: WorkspacePackage): Finding[] {
  const inSource = new Set(
    subject.imports.filter((site) => site.area === "src").map((site) => packageOf(site.specifier)),
  );
  const anywhere = new Set(subject.imports.map((site) => packageOf(site.specifier)));
  const runtime = runtimeNames(subject.manifest);
  const finding = (name: string, where: string): Finding => ({
    file: `${subject.path}/package.json`,
    message: `${subject.name} declares ${name}, but nothing in ${where} imports it.`,
    remedy: `Remove ${name}, or move it to where it is used.`,
  });
  return [
    ...runtime.filter((name) => !inSource.has(name)).map((name) => finding(name, "src/")),
    ...Object.keys(subject.manifest.devDependencies ?? {})
      // A peer dependency is repeated here so that the package can be developed; types are never imported.
      .filter((name) => !anywhere.has(name) && !runtime.includes(name) && !name.startsWith("@types/"))
      .map((name) => finding(name, "src/ or test/")),
  ];
}

function bareBuiltins(subject: WorkspacePackage): Finding[] {
  return subject.imports
    .filter((site) => builtinModules.includes(site.specifier) && !site.specifier.startsWith("node:"))
    .map((site) => ({
      file: `${site.file}:${site.line}`,
      message: `${site.specifier} could be a package of that name.`,
      remedy: `Import node:${site.specifier}.`,
    }));
}
