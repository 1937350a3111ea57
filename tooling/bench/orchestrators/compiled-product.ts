import { spawnSync } from "node:child_process";
import { type GeneratedProduct, writeGeneratedProduct } from "../generated-product.ts";
import { SOURCE_FLOE } from "../measure.ts";

/**
 * A generated product, compiled for an orchestrator.
 *
 * @returns Its folder.
 * @throws Error if it can't be compiled.
 */
export function compiledProduct(
  dir: string,
  size: number,
  product: GeneratedProduct & Required<Pick<GeneratedProduct, "orchestrator">>,
): string {
  writeGeneratedProduct(dir, size, product);
  const { status, stderr } = spawnSync(process.execPath, [SOURCE_FLOE, "compile"], {
    cwd: dir,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return dir;
}
