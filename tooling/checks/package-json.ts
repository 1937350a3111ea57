import type { PackageManifest } from "../workspace/manifest.ts";
import { publishable, type WorkspacePackage } from "../workspace/workspace.ts";
import type { Check, Finding } from "./finding.ts";

const LICENSE = "Apache-2.0";
const NODE = ">=22.18";

interface Rule {
  holds: (manifest: PackageManifest, subject: WorkspacePackage) => boolean;
  message: string;
  remedy: (subject: WorkspacePackage) => string;
}

const RULES: Rule[] = [
  {
    holds: ({ description }) => description !== undefined && /\.$/.test(description),
    message: "has no description that is a sentence.",
    remedy: () => "Say in one sentence what it is; registries show it.",
  },
  {
    holds: ({ license }) => license === LICENSE,
    message: "doesn't state the repository's licence.",
    remedy: () => `Write "license": "${LICENSE}".`,
  },
  {
    holds: ({ engines }) => engines?.node === NODE,
    message: "doesn't say which Node it needs.",
    remedy: () => `Write "engines": { "node": "${NODE}" }.`,
  },
  {
    holds: ({ type }) => type === "module",
    message: "isn't an ES module.",
    remedy: () => 'Write "type": "module".',
  },
  {
    holds: ({ files }) => files?.includes("dist") === true && files.includes("!dist/.tsbuildinfo"),
    message: "doesn't limit what it publishes.",
    remedy: () => 'Write "files": ["dist", "!dist/.tsbuildinfo"], and what else users need.',
  },
  {
    holds: ({ publishConfig }) => publishConfig?.access === "public",
    message: "wouldn't be published for everybody.",
    remedy: () => 'Write "publishConfig": { "access": "public", ... }.',
  },
  {
    holds: ({ scripts }, subject) => scripts?.test === testScript(subject),
    message: "can't be tested alone the way the others are.",
    remedy: (subject) => `Write "scripts": { "test": "${testScript(subject)}" }.`,
  },
  {
    holds: ({ repository }, { path }) =>
      repository === undefined || (typeof repository === "object" && repository.directory === path),
    message: "has a `repository` that names another folder.",
    remedy: ({ path }) => `Write "directory": "${path}" into it.`,
  },
];

/** Every published package has what users and registries look for. */
export const packageJson: Check = {
  title: "every package has README, description, licence, engines, files and a test script",
  find: (workspace) => [
    ...publishable(workspace).flatMap(inPackage),
    ...mixedRepositories(workspace.packages),
  ],
};

/** The slash at the end keeps `packages/core` from also meaning `packages/core-extra`. */
function testScript({ path, hasPythonTests }: WorkspacePackage): string {
  const python = hasPythonTests ? ` && node ../../tooling/python/test.ts ${path}` : "";
  return `vitest run --root ../.. ${path}/${python}`;
}

function inPackage(subject: WorkspacePackage): Finding[] {
  const file = `${subject.path}/package.json`;
  const findings = RULES.filter((rule) => !rule.holds(subject.manifest, subject)).map((rule) => ({
    file,
    message: `${subject.name} ${rule.message}`,
    remedy: rule.remedy(subject),
  }));
  if (!subject.hasReadme) {
    findings.push({
      file: `${subject.path}/README.md`,
      message: `${subject.name} has no README.`,
      remedy: "Write what it is, how to install it, and the smallest use.",
    });
  }
  return findings;
}

function mixedRepositories(packages: WorkspacePackage[]): Finding[] {
  const published = packages.filter((each) => each.manifest.private !== true);
  const url = (each: WorkspacePackage) =>
    typeof each.manifest.repository === "object" ? each.manifest.repository.url : each.manifest.repository;
  const [first] = published;
  if (first === undefined) return [];
  return published
    .filter((each) => url(each) !== url(first))
    .map((each) => ({
      file: `${each.path}/package.json`,
      message: `${each.name} and ${first.name} don't state the same repository.`,
      remedy: `Give every package the same "repository", or none.`,
    }));
}
