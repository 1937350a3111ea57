import { readdir, readFile } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import { type ParserOptions, parseSync, Visitor } from "oxc-parser";

/**
 * One place where a source file names another module: import, export from, `import()`, an import type, or
 * `createRequire(import.meta.url).resolve()`, for a package of which only a file is wanted.
 */
export interface ImportSite {
  /** Relative to the repository, with `/`. */
  file: string;
  /** Counts from 1. */
  line: number;
  specifier: string;
  /** `src` is what users get (`bin/` too); `test` only runs in the repository. */
  area: "src" | "test";
}

const AREAS = { src: "src", bin: "src", test: "test" } as const;

/** Fixtures are data: wrong on purpose, or packages of their own. */
const SKIPPED = new Set(["node_modules", "dist", "fixtures"]);

/** All imports in a package's `src/`, `bin/` and `test/`, in the order of their files. */
export async function readImports(root: string, packageDir: string): Promise<ImportSite[]> {
  const sites: ImportSite[] = [];
  for (const [folder, area] of Object.entries(AREAS)) {
    for (const file of await sourceFiles(join(root, packageDir, folder))) {
      const path = relative(root, file).split(sep).join(posix.sep);
      sites.push(...importsOf(path, await readFile(file, "utf8"), area));
    }
  }
  return sites;
}

/** The imports in one source text. A dynamic import of a computed name isn't one: nobody can tell its name. */
export function importsOf(file: string, source: string, area: ImportSite["area"]): ImportSite[] {
  const options: ParserOptions = { sourceType: "module" };
  const { module, program } = parseSync(file, source, options);
  const importTypes: { start: number; end: number }[] = [];
  const resolved: { start: number; end: number }[] = [];
  new Visitor({
    TSImportType: (type) => importTypes.push(type.source),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (first === undefined || callee.type !== "MemberExpression") return;
      const text = source.slice(callee.start, callee.end);
      if (text === "createRequire(import.meta.url).resolve") resolved.push(first);
    },
  }).visit(program);
  const requests = [
    ...importTypes,
    ...resolved,
    ...module.staticImports.map((statement) => statement.moduleRequest),
    ...module.staticExports.flatMap((statement) => statement.entries.map((entry) => entry.moduleRequest)),
    ...module.dynamicImports.map((expression) => expression.moduleRequest),
  ];
  const sites = new Map<number, ImportSite>();
  for (const request of requests) {
    if (request === null || request === undefined) continue;
    const specifier = literal(source.slice(request.start, request.end));
    if (specifier === undefined) continue;
    const line = source.slice(0, request.start).split("\n").length;
    sites.set(request.start, { file, line, specifier, area });
  }
  return [...sites.values()].sort((a, b) => a.line - b.line);
}

/** The package that a specifier leads to, or undefined for relative paths and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:\.|\/|#|node:|file:|data:)/.test(specifier)) return undefined;
  const [first = "", second = ""] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function literal(text: string): string | undefined {
  return /^(["'`])([^"'`$]*)\1$/.exec(text)?.[2];
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) files.push(...(await sourceFiles(path)));
    if (entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name)) files.push(path);
  }
  return files;
}
