import { join } from "node:path";
import {
  API_VERSION,
  checkApiVersion,
  ENTRY_POINT_GROUPS,
  FloeError,
  kindOfGroup,
  type Place,
  packageFieldSchema,
} from "@floe/core/contracts";
import { suggest } from "../config/suggest.ts";
import type { FoundPlugin } from "./found-plugin.ts";
import type { PackageJson } from "./package-json.ts";

export interface PackagePlugins {
  plugins: FoundPlugin[];
  errors: FloeError[];
}

/** The plugins that one package declares, and what is wrong with its declaration. */
export function readPackagePlugins(
  packageJson: PackageJson,
  packageDir: string,
  origin: Pick<FoundPlugin, "source" | "declaredIn">,
): PackagePlugins {
  const packageName = packageJson.name ?? packageDir;
  const file = join(packageDir, "package.json");
  const where = (path: string): Place => ({ file, path });

  const parsed = packageFieldSchema.safeParse(packageJson.floe);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = ["floe", ...(issue?.path ?? [])].map(String).join(".");
    return {
      plugins: [],
      errors: [
        new FloeError("PLUGIN.MALFORMED", `The \`floe\` field of ${packageName} is malformed.`, {
          why: `${key}: ${describeFieldIssue(issue)}`,
          next: [`Mend it in ${packageName}, or tell its author.`],
          where: where(key),
        }),
      ],
    };
  }

  const { apiVersion, entryPoints } = parsed.data;
  const incompatibility = explainIncompatibility(packageName, apiVersion, where("floe.apiVersion"));
  if (incompatibility !== undefined) return { plugins: [], errors: [incompatibility] };

  const plugins: FoundPlugin[] = [];
  const errors: FloeError[] = [];
  for (const [group, names] of Object.entries(entryPoints)) {
    const kind = kindOfGroup(group);
    if (kind === undefined) {
      const known = Object.values(ENTRY_POINT_GROUPS);
      const meant = suggest(group, known);
      errors.push(
        new FloeError(
          "PLUGIN.UNKNOWN_KIND",
          `${packageName} declares plugins of an unknown kind, ${group}.`,
          {
            why: `The kinds are ${known.join(", ")}.`,
            next: [
              meant === undefined
                ? `Update floe, or tell ${packageName}'s author.`
                : `Did they mean ${meant}?`,
            ],
            where: where(`floe.entryPoints.${group}`),
          },
        ),
      );
      continue;
    }
    for (const [name, entry] of Object.entries(names)) {
      plugins.push({
        kind,
        name,
        package: packageName,
        version: packageJson.version ?? "0.0.0",
        description: packageJson.description ?? "",
        apiVersion,
        entry,
        packageDir,
        ...origin,
      });
    }
  }
  return { plugins, errors };
}

function describeFieldIssue(issue: { code?: string; message: string; keys?: string[] } | undefined): string {
  if (issue?.code === "unrecognized_keys") return `unknown key ${issue.keys?.join(", ")}`;
  return issue?.message ?? "invalid";
}

function explainIncompatibility(
  packageName: string,
  apiVersion: string,
  where: Place,
): FloeError | undefined {
  const fit = checkApiVersion(apiVersion);
  if (fit.compatible) return undefined;
  const older = fit.reason === "older-major";
  return new FloeError(
    "PLUGIN.INCOMPATIBLE",
    `${packageName} was made for plugin API ${apiVersion}; this floe offers ${API_VERSION}.`,
    {
      why: older
        ? "A new major version of the API removed or changed what the plugin relies on."
        : "The plugin may use what this floe doesn't have yet.",
      next: [older ? `npm install ${packageName}@latest` : "npm install @floe/cli@latest"],
      where,
    },
  );
}
