import { FloeError } from "@floe/core";
import type { Broken } from "../prove.ts";
import { type Dbt, dbtWith } from "../reference/dbt.ts";

const changed = (change: (base: Dbt) => Partial<Dbt>) => ({ plugin: dbtWith(change) });

export const brokenDbt: readonly Broken<"dbt">[] = [
  {
    fault: "loses the line of a compilation error",
    rule: "dbt.compilation-error",
    options: changed((base) => ({
      compileProject: (project) =>
        base.compileProject(project).catch((error: FloeError) => {
          throw new FloeError(error.code, error.summary, {
            next: error.next,
            where: { file: "models/a.sql" },
          });
        }),
    })),
  },
  {
    fault: "names a manifest that isn't there",
    rule: "dbt.compiles",
    options: changed((base) => ({
      compileProject: async (project) => `${await base.compileProject(project)}.gone`,
    })),
  },
  {
    fault: "counts no tests",
    rule: "dbt.runs",
    options: changed((base) => ({
      testModels: async (project) => ({ ...(await base.testModels(project)), testsRun: 0 }),
    })),
  },
  {
    fault: "ignores what is selected",
    rule: "dbt.selects",
    options: changed((base) => ({
      runModels: (project, options = {}) =>
        base.runModels(project, { ...(options.exclude && { exclude: options.exclude }) }),
    })),
  },
  {
    fault: "throws where a model fails",
    rule: "dbt.failing",
    options: changed((base) => ({
      runModels: async (project, options) => {
        const result = await base.runModels(project, options);
        if (!result.success) throw new FloeError("DBT.FAILED", "A model failed.", { next: ["Mend it."] });
        return result;
      },
    })),
  },
  {
    fault: "says success where a model fails",
    rule: "dbt.failing",
    options: changed((base) => ({
      runModels: async (project, options) => ({ ...(await base.runModels(project, options)), success: true }),
    })),
  },
  {
    fault: "gives an empty manifest where there is none",
    rule: "dbt.artifacts",
    options: changed((base) => ({
      getManifest: (dir) => base.getManifest(dir).catch(() => ({ nodes: {} })),
    })),
  },
  {
    fault: "lints although it says that it can't",
    rule: "dbt.lints",
    options: changed(() => ({ supportsSqlLinting: () => false })),
  },
  {
    fault: "doesn't know its version",
    rule: "dbt.metadata",
    options: changed(() => ({ getRuntimeMetadata: async () => ({}) })),
  },
];
