import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type DbtLintOptions,
  type DbtProject,
  FloeError,
  type LintIssue,
  type LintResult,
  type PluginContext,
} from "@floe/core";
import { type ProjectSettings, readProfileOutput, readSettings } from "./project-files.ts";

/** sqruff's own answer, by file. Lines and columns count from 1; 0 where it has none. */
interface Violation {
  range: { start: { line: number; character: number } };
  message: string;
  /** Null where sqruff itself failed with a file. */
  code: string | null;
}

const DIALECTS = new Set(["snowflake", "bigquery", "databricks", "redshift", "duckdb"]);
/**
 * What is only found: broken SQL, and the rules that aren't "Fixable" in sqruff's reference.
 *
 * @see https://github.com/quarylabs/sqruff/blob/main/docs/reference/rules.md
 */
const UNFIXABLE = new Set(
  "PRS AL03 AL04 AL06 AL08 AL09 AM01 AM04 AM06 AM07 AM09 CV02 CV03 CV04 CV05 CV08 CV09 CV12 LT07 RF01 RF02 RF04 RF05 ST01 ST02 ST03 ST08 ST10 ST11".split(
    " ",
  ),
);

type Linter = Pick<PluginContext, "commands" | "logger" | "paths">;

/** Lints the project's SQL with sqruff; with `fix`, mends what can be mended first. */
export async function lintProject(
  sqruff: string,
  project: DbtProject,
  { fix = false }: DbtLintOptions,
  linter: Linter,
): Promise<LintResult> {
  const settings = await readSettings(project.projectDir);
  const folders = settings.sqlFolders.filter((folder) => existsSync(join(project.projectDir, folder)));
  if (folders.length === 0) return { success: true, issues: [], filesChecked: 0, fixed: 0 };
  await mkdir(linter.paths.cacheDir, { recursive: true });
  const dir = await mkdtemp(join(linter.paths.cacheDir, "lint-"));
  try {
    const parameters = await options(dir, project, settings);
    const run = async (verb: "lint" | "fix"): Promise<Lint> => {
      const { stdout, stderr } = await linter.commands.run(
        sqruff,
        [verb, "--format", "json", ...parameters, ...folders],
        { cwd: project.projectDir, env: { NO_COLOR: "1", RUST_BACKTRACE: "0", ...project.env } },
      );
      return read(stdout, stderr);
    };
    const found = await run("lint");
    if (fix && found.issues.length > 0) await run("fix");
    const left = fix && found.issues.length > 0 ? await run("lint") : found;
    for (const [file, why] of left.unread) linter.logger.warn("sqruff can't read a file.", { file, why });
    return {
      success: left.issues.length === 0,
      issues: left.issues,
      filesChecked: left.filesChecked,
      fixed: Math.max(0, found.issues.length - left.issues.length),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The project's own settings hold, but for what sqruff can't know or can't do. */
async function options(
  dir: string,
  project: DbtProject,
  { macroFolders }: ProjectSettings,
): Promise<string[]> {
  const own = await Promise.all(
    [".sqlfluff", ".sqruff"].map((name) => readFile(join(project.projectDir, name), "utf8").catch(() => "")),
  );
  const type = (await readProfileOutput(project))?.type;
  const dialect = typeof type === "string" && DIALECTS.has(type) ? type : "ansi";
  const macros = macroFolders.filter((folder) => existsSync(join(project.projectDir, folder)));
  // Its templater for dbt needs dbt-core 1; that for Jinja knows dbt's functions and the project's macros.
  const config = [
    "[sqlfluff]",
    "templater = jinja",
    "[sqlfluff:templater:jinja]",
    "apply_dbt_builtins = True",
    ...(macros.length === 0 ? [] : [`load_macros_from_path = ${macros.join(",")}`]),
  ];
  const file = join(dir, ".sqlfluff");
  await writeFile(file, `${config.join("\n")}\n`);
  const named = own.some((text) => /^\s*dialect\s*=/m.test(text));
  return ["--config", file, ...(named ? [] : ["--dialect", dialect])];
}

interface Lint {
  issues: LintIssue[];
  filesChecked: number;
  /** Files that sqruff couldn't read, and why. */
  unread: ReadonlyMap<string, string>;
}

function read(stdout: string, stderr: string): Lint {
  let files: Record<string, Violation[]>;
  try {
    files = JSON.parse(stdout.slice(stdout.indexOf("{")));
  } catch (error) {
    throw new FloeError("DBT.LINT_FAILED", "sqruff's answer can't be read.", {
      why: stderr.trim().slice(-1000) || stdout.slice(-1000),
      cause: error,
    });
  }
  const unread = new Map<string, string>();
  const issues: LintIssue[] = [];
  for (const [file, violations] of Object.entries(files)) {
    for (const { range, message, code } of violations) {
      // A macro of a package, or a fault of sqruff's own: nothing that the user wrote wrongly.
      if (code === null || code === "TMP")
        unread.set(file, /value: \w+\((.+?)\), traceback/.exec(message)?.[1] ?? message);
      else {
        issues.push({
          file: file.replaceAll("\\", "/"),
          line: Math.max(1, range.start.line),
          column: Math.max(1, range.start.character),
          rule: code,
          message,
          severity: "error",
          fixable: !UNFIXABLE.has(code),
        });
      }
    }
  }
  return { issues, filesChecked: Object.keys(files).length - unread.size, unread };
}
