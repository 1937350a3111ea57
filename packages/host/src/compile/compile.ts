import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CompiledArtifacts, DbtManifest, FloeError, JsonObject, Tier } from "@floe/core";
import { FloeError as CodedError, GENERATED } from "@floe/core/contracts";
import { sortFaults } from "../config/faults.ts";
import { displayPath } from "../config/yaml-document.ts";
import { placedError } from "../dbt/placed-error.ts";
import { type LineageNaming, lineageNaming } from "../lineage/lineage-naming.ts";
import { readOrNothing, writeFileWhole } from "../process/write-file.ts";
import { InvalidProduct, type Product } from "../project/product.ts";
import { version as floeVersion } from "../version.ts";
import { createArtifacts } from "./artifacts.ts";
import { createExpectations, type ModelExpectation } from "./expectations.ts";
import { describeChanges, type Fingerprint, fingerprint, fingerprintKey } from "./fingerprint.ts";
import { judgeGates } from "./gates.ts";
import { refuseOthersFiles, writeGenerated } from "./generated-files.ts";
import { helmValues } from "./helm-values.ts";
import { renderProfiles } from "./profiles.ts";
import { pythonFiles } from "./python-files.ts";
import { readReducedManifest, withTiers } from "./reduce-manifest.ts";

/** Changes where the cached manifest's form does. */
const CACHE_FORMAT = "1";

export interface CompiledProduct {
  /** dbt's manifest, reduced to what floe reads, with the product's own tiers. */
  manifest: DbtManifest;
  expectations: readonly ModelExpectation[];
  lineage: LineageNaming;
  warnings: readonly FloeError[];
  /** What the result depends on. */
  inputs: Fingerprint;
  /** Whether dbt had to compile, or nothing had changed. */
  cached: boolean;
  /** The generated files, relative to the product's folder. */
  files: readonly string[];
  /** Those of them whose content is new. */
  written: readonly string[];
  /** What earlier compiles wrote, and this one removed. */
  removed: readonly string[];
}

export interface CompileOptions {
  /** Leave out the key `floe`, which the Python floe's readers refuse. */
  withoutExtensions?: boolean;
  /** Judge and generate, but write nothing into the product's folder. */
  dryRun?: boolean;
}

/**
 * Compiles a product: dbt's compile where something changed, then the platform's rules, then the files.
 * A compile that fails leaves the files of the last one as they are.
 *
 * @throws InvalidProduct with all findings: closed gates, checks that make no sense, what the dbt engine
 * can't do; FloeError `DBT.*`.
 */
export async function compileProduct(
  product: Product,
  options: CompileOptions = {},
): Promise<CompiledProduct> {
  const { project, plugins, spec, dbt } = product;
  const { paths, configuration, cwd } = project;
  const inputs = await productFingerprint(product);
  const { manifest: compiled, cached } = await compiledManifest(product, inputs);
  const tiers = new Map<string, Tier>(
    (spec.transforms ?? []).flatMap(({ name, tier }) => (tier === undefined ? [] : [[name, tier]])),
  );
  const manifest = withTiers(compiled, tiers);

  const { expectations, faults } = createExpectations(spec, manifest, configuration);
  const quality = product.manifest.plugins.data_quality;
  const closed = await judgeGates({
    manifest,
    quality,
    plugin: plugins.get("data_quality"),
    configuration,
    dbtProjectDir: paths.dbtProjectDir,
    cwd,
  });
  const unsupported = await dbt.checkSupport?.(product.dbtProject, manifest as unknown as JsonObject);
  const refusals = (unsupported ?? []).map(
    ({ message, suggestion, file, line }) =>
      new CodedError("DBT.UNSUPPORTED", message, {
        next: suggestion === undefined ? [] : [suggestion],
        where:
          file === undefined
            ? configuration.placeInManifest(["plugins", "dbt", "type"])
            : {
                file: displayPath(join(paths.dbtProjectDir, file), cwd),
                ...(line === undefined ? {} : { line }),
              },
      }),
  );
  const findings = sortFaults([...faults, ...closed, ...refusals]);
  if (findings.some(({ severity }) => severity === "error")) throw new InvalidProduct(findings);

  const lineage = lineageNaming(product.manifest, plugins.get("lineage_backend"), {
    product: spec.metadata.name,
    environment: project.environment,
  });
  const { content: whole, artifacts } = createArtifacts({
    product,
    selected: await project.selected(),
    manifest,
    expectations,
    lineage,
    warnings: findings.length,
    checked: quality?.quality_gates === undefined ? [] : ["coverage"],
    env: project.env,
  });
  const { floe: _floe, ...plain } = whole;
  const content = new Map([
    ["compiled_artifacts.json", `${JSON.stringify(options.withoutExtensions ? plain : whole, null, 2)}\n`],
    [profilesFile(product), renderProfiles(product.profiles)],
    ...guarded(product, artifacts),
    ...pythonFiles(product),
  ]);
  const generated = options.dryRun
    ? { files: [...content.keys()], written: [], removed: [] }
    : writeGenerated(paths.projectDir, content);
  const ofProduct = (file: string): string => displayPath(join(paths.dbtProjectDir, file), paths.projectDir);
  return {
    manifest,
    expectations,
    lineage,
    warnings: findings,
    inputs,
    cached,
    files: [...generated.files, ...product.macros.files.map(ofProduct)],
    written: [...generated.written, ...product.macros.written.map(ofProduct)],
    removed: generated.removed,
  };
}

/** A hand-written profiles.yml stays what it is; floe's own then goes to where deployments look. */
function profilesFile({ project }: Product): string {
  const there = readOrNothing(join(project.paths.projectDir, "profiles.yml"));
  return there === undefined || there.startsWith(GENERATED) ? "profiles.yml" : "deploy/dbt/profiles.yml";
}

/**
 * The files whose names others have given: the orchestrator's, and values for charts. One that is there already
 * and isn't floe's stays what it is.
 *
 * @throws FloeError `PROJECT.EXISTS`.
 */
function guarded(product: Product, artifacts: CompiledArtifacts): [string, string][] {
  const { project, plugins } = product;
  const own = { projectDir: project.paths.projectDir, cwd: project.cwd };
  const loader = Object.entries(plugins.get("orchestrator")?.generateLoader(artifacts) ?? {});
  const values = [...helmValues(product)];
  refuseOthersFiles(
    loader.map(([path]) => path),
    {
      ...own,
      why: "The orchestrator loads the product by a file of this name, which floe generates.",
    },
  );
  refuseOthersFiles(
    values.map(([path]) => path),
    { ...own, why: "floe generates the values of a chart in a file of this name." },
  );
  return [...loader, ...values];
}

/** Everything that the product's compile depends on. */
export async function productFingerprint(product: Product): Promise<Fingerprint> {
  const { project, dbtFile, dbtProject, spec, manifest } = product;
  const selected = await project.selected();
  return fingerprint({
    baseDir: project.paths.projectDir,
    paths: dbtFile.inputs.map((path) => join(dbtProject.projectDir, path)),
    values: {
      format: CACHE_FORMAT,
      floe: floeVersion,
      "floe.yaml": JSON.stringify(spec),
      "manifest.yaml": JSON.stringify(manifest),
      environment: project.environment,
      plugins: selected.map(({ found }) => `${found.package}@${found.version}`).join(),
      adapters: (dbtProject.adapterPackages ?? []).join(),
      profile: JSON.stringify(product.profiles),
    },
    env: project.env,
  });
}

export { describeChanges };

/** dbt's manifest: from the cache where nothing changed since, else from dbt. */
async function compiledManifest(
  { project, dbt, dbtProject, dbtFile }: Product,
  inputs: Fingerprint,
): Promise<{ manifest: DbtManifest; cached: boolean }> {
  const dir = join(project.paths.stateDir, "cache", "compile");
  const file = join(dir, `${project.environment}-${fingerprintKey(inputs)}.json`);
  const target = join(dbtProject.projectDir, dbtFile.targetPath, "manifest.json");
  if (existsSync(target)) {
    try {
      return { manifest: JSON.parse(readFileSync(file, "utf8")) as DbtManifest, cached: true };
    } catch {
      // Not there, or cut off by a crash: dbt says it again.
    }
  }
  const whole = await dbt.compileProject(dbtProject).catch((error: unknown) => {
    throw placedError(error, dbtProject.projectDir, project.cwd);
  });
  const manifest = readReducedManifest(whole);
  mkdirSync(dir, { recursive: true });
  writeFileWhole(file, JSON.stringify(manifest));
  for (const old of readdirSync(dir)) {
    if (old.startsWith(`${project.environment}-`) && join(dir, old) !== file)
      rmSync(join(dir, old), { force: true });
  }
  return { manifest, cached: false };
}
