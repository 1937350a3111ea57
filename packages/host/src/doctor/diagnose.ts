import { isFloeError } from "@floe/core/contracts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { openRegistry } from "../registry/open-registry.ts";
import { type Check, type Diagnosis, ok } from "./check.ts";
import { checkEndpoints } from "./check-endpoints.ts";
import { checkPlugins, faultCheck } from "./check-plugins.ts";
import { checkTools } from "./check-tools.ts";

/**
 * Looks at everything that floe needs here: tools, plugins, the project's files, and every endpoint that
 * they configure. Also works where there is no project yet. Never throws for what it can report.
 */
export async function diagnose(options: ProjectOptions): Promise<Diagnosis> {
  const checks: Check[] = await checkTools(options.env);
  const told = new Set<string>();
  let project: Project | undefined;
  try {
    project = Project.open(options);
    const faults = await project.validate();
    const { projectDir } = project.location;
    checks.push(...(faults.length === 0 ? [ok("project", `${projectDir} is valid.`)] : []));
    for (const fault of faults) told.add(fault.summary);
    checks.push(...faults.map((fault) => faultCheck("project", fault)));
  } catch (error) {
    if (!isFloeError(error)) throw error;
    const missing = error.code === "PROJECT.NOT_FOUND";
    checks.push(
      missing ? { ...faultCheck("project", error), status: "warning" } : faultCheck("project", error),
    );
  }
  try {
    const registry = project?.registry ?? openRegistry(options.cwd, options.env);
    checks.push(...(await checkPlugins(registry, options.env, told)));
    if (project !== undefined) checks.push(...(await checkEndpoints(project)));
  } catch (error) {
    if (!isFloeError(error)) throw error;
    // The project's own check has told it already.
    if (project !== undefined) checks.push(faultCheck("plugins", error));
  } finally {
    await project?.close();
  }
  return { healthy: checks.every(({ status }) => status !== "failed"), checks };
}
