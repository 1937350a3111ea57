import { isDeepStrictEqual } from "node:util";
import type { ExportTarget } from "../workspace/manifest.ts";
import { publishable, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

/** What is published mirrors what is developed: the same entries, `dist` for `src`, js and d.ts for ts. */
export const publishExports: Check = {
  title: "published exports mirror those in development",
  find: (workspace) => publishable(workspace).flatMap(inPackage),
};

function inPackage(subject: WorkspacePackage): Finding[] {
  const { exports = {}, publishConfig } = subject.manifest;
  const file = `${subject.path}/package.json`;
  const findings: Finding[] = [];
  if (exports["./package.json"] !== "./package.json") {
    findings.push({
      file,
      message: `${subject.name} hides its package.json, which the host and other tools read.`,
      remedy: 'Add "./package.json": "./package.json" to exports.',
    });
  }
  const expected = Object.fromEntries(
    Object.entries(exports).map(([entry, target]) => [entry, published(target)]),
  );
  if (!isDeepStrictEqual(publishConfig?.exports, expected)) {
    findings.push({
      file,
      message: `publishConfig.exports of ${subject.name} isn't what its exports become when built.`,
      remedy: `Write "exports": ${JSON.stringify(expected)} into publishConfig.`,
    });
  }
  return findings;
}

function published(target: ExportTarget): ExportTarget {
  const source = typeof target === "string" ? /^\.\/src\/(.+)\.ts$/.exec(target)?.[1] : undefined;
  return source === undefined ? target : { types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` };
}
