import type { DbtLintOptions, LintResult } from "@floe/core";
import { openProduct } from "../project/product.ts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { lockProject } from "./project-lock.ts";

/**
 * Lints the product's SQL with the dbt engine's linter.
 *
 * @throws InvalidProduct, FloeError `PLUGIN.UNSUPPORTED` where the engine has none, `DBT.LINT_FAILED`,
 * `RUN.LOCKED`.
 */
export async function lintProduct(options: ProjectOptions & DbtLintOptions): Promise<LintResult> {
  const project = Project.open(options);
  const release = lockProject(project.paths.stateDir, "floe lint");
  try {
    const { dbt, dbtProject } = await openProduct(project);
    return await dbt.lintProject(dbtProject, { fix: options.fix === true });
  } finally {
    await project.close();
    release();
  }
}
