import { readFile } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import type { Finding, ValidationResult } from "@floe/core";
import { isMap, LineCounter, parseDocument } from "yaml";
import { type DeclaredResource, declaredResources } from "./declared-tests.ts";
import { columnsOf, isDisabled, isTest, missingPackage, type NamesManifest } from "./known-names.ts";

/**
 * Checks a properties file of dbt (`schema.yml`) against the project's manifest: models, seeds, snapshots,
 * sources, columns and tests that it names must be there. A resource for which the manifest has no columns
 * may name any.
 *
 * @param path Absolute, or relative to the project's folder.
 */
export async function validateSchemaFile(
  path: string,
  projectDir: string,
  manifest: NamesManifest,
): Promise<ValidationResult> {
  const absolute = resolve(projectDir, path);
  const shown = relative(projectDir, absolute);
  const file = shown.startsWith("..") || isAbsolute(shown) ? absolute : shown;
  const errors = await findingsOf(absolute, manifest);
  return {
    success: errors.length === 0,
    errors: errors.map((finding) => ({ ...finding, file })),
    warnings: [],
  };
}

async function findingsOf(path: string, manifest: NamesManifest): Promise<Finding[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT"
      ? [{ code: "CONFIG.NOT_FOUND", message: "The file isn't there." }]
      : [{ code: "CONFIG.UNREADABLE", message: `The file can't be read (${code}).` }];
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    return document.errors.map(({ message, pos }) => ({
      code: "CONFIG.SYNTAX",
      message,
      line: lineAt(pos[0]),
    }));
  }
  if (!isMap(document.contents)) {
    return [
      {
        code: "CONFIG.NOT_A_MAPPING",
        message: "A properties file of dbt has keys such as models:.",
        line: 1,
      },
    ];
  }
  return declaredResources(document.contents)
    .flatMap((resource) => faultsOf(resource, manifest))
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, ...finding }) => ({ ...finding, line: lineAt(at) }));
}

type Fault = Finding & { at: number };

function faultsOf(resource: DeclaredResource, manifest: NamesManifest): Fault[] {
  const { kind, name, at, sourceName } = resource;
  const called = sourceName === undefined ? name : `${sourceName}.${name}`;
  const known = columnsOf(manifest, resource);
  const tests = resource.tests
    .filter((test) => !isTest(manifest, test.name))
    .map((test): Fault => unknownTest(test.name, test.at, manifest));
  if (known === undefined && !isDisabled(manifest, resource)) {
    return [
      {
        code: "CONFIG.REFERENCE",
        message: `The dbt project has no ${kind} ${called}.`,
        subject: called,
        suggestion: "Correct its name, or compile the project again if it is new.",
        at,
      },
      ...tests,
    ];
  }
  const columns = (known ?? []).map((column) => column.toLowerCase());
  const unknown = resource.columns
    .filter((column) => columns.length > 0 && !columns.includes(column.name.toLowerCase()))
    .map(
      (column): Fault => ({
        code: "CONFIG.REFERENCE",
        message: `The ${kind} ${called} has no column ${column.name}.`,
        subject: `${called}.${column.name}`,
        suggestion: `Its columns are ${(known ?? []).join(", ")}.`,
        at: column.at,
      }),
    );
  return [...unknown, ...tests];
}

function unknownTest(test: string, at: number, manifest: NamesManifest): Fault {
  const absent = missingPackage(manifest, test);
  return {
    code: "CONFIG.REFERENCE",
    message: `The dbt project has no test ${test}.`,
    subject: test,
    suggestion:
      absent === undefined
        ? "Correct its name; a test of a package is package.test."
        : `Add the package ${absent} to packages.yml and run dbt deps.`,
    at,
  };
}
