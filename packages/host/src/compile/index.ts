import { openProduct, type Product } from "../project/product.ts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { lockProject } from "../run/project-lock.ts";
import { type CompiledProduct, type CompileOptions, compileProduct } from "./compile.ts";

export { InvalidProduct } from "../project/product.ts";
export type { CompiledProduct, CompileOptions } from "./compile.ts";

/**
 * Compiles the product at or above a folder. See `compileProduct`.
 *
 * @throws InvalidProduct, FloeError `RUN.LOCKED`, `PROJECT.*`, `DBT.*`.
 */
export async function compile(
  options: ProjectOptions & CompileOptions,
): Promise<{ product: Product; compiled: CompiledProduct }> {
  const project = Project.open(options);
  const release = lockProject(project.paths.stateDir, "floe compile");
  try {
    const product = await openProduct(project, options);
    return { product, compiled: await compileProduct(product, options) };
  } finally {
    await project.close();
    release();
  }
}
