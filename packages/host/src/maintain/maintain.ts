import { FloeError, type TableMaintenance } from "@floe/core";
import { compileProduct } from "../compile/compile.ts";
import { openProduct } from "../project/product.ts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { lockProject } from "../run/project-lock.ts";
import { maintainedTables, maintenancePolicy } from "./tables.ts";

/** What maintenance did. */
export interface MaintenanceReport {
  product: string;
  tables: readonly TableMaintenance[];
  seconds: number;
}

/**
 * Maintains every Iceberg table of a product: rewrites what is in pieces, expires what governance lets go.
 *
 * @throws InvalidProduct, FloeError `RUN.LOCKED`, `PLUGIN.UNSUPPORTED` where there is no catalog or the engine
 * has no means, `CONNECTION.*`, `CATALOG.*`.
 */
export async function maintainProduct(options: ProjectOptions): Promise<MaintenanceReport> {
  const started = performance.now();
  const project = Project.open(options);
  const release = lockProject(project.paths.stateDir, "floe maintain");
  try {
    const product = await openProduct(project);
    const { compute, computeConfig, spec } = product;
    if (computeConfig.catalog === undefined) {
      throw new FloeError("PLUGIN.UNSUPPORTED", "There are no Iceberg tables to maintain.", {
        why: "The manifest selects no catalog.",
        next: ["Add plugins.catalog to manifest.yaml, or leave maintenance out."],
      });
    }
    if (compute.maintainTables === undefined) {
      throw new FloeError("PLUGIN.UNSUPPORTED", `The compute engine ${compute.name} can't maintain tables.`, {
        next: ["Have them maintained by the catalog, or by another engine."],
      });
    }
    const { manifest } = await compileProduct(product);
    const tables = await compute.maintainTables(
      computeConfig,
      maintainedTables(product, manifest),
      maintenancePolicy(product, false),
    );
    return {
      product: spec.metadata.name,
      tables: project.mask.data(tables) as TableMaintenance[],
      seconds: Math.round(performance.now() - started) / 1000,
    };
  } finally {
    await project.close();
    release();
  }
}
