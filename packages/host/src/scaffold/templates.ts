/** What a new project is made from. */
export interface ProjectTemplate {
  name: string;
  owner: string;
  /** Versions of the packages that its package.json asks for. */
  packages: Readonly<Record<string, string>>;
  /** Whether there is a package.json already, which then isn't written. */
  hasPackageJson: boolean;
}

const SCHEMAS = ".floe/schema";

/** The files of a new project that runs with nothing but Node and Python. */
export function projectFiles({
  name,
  owner,
  packages,
  hasPackageJson,
}: ProjectTemplate): Record<string, string> {
  const dbtName = name.replaceAll("-", "_");
  return {
    "floe.yaml": `# yaml-language-server: $schema=${SCHEMAS}/floe.schema.json
# What this data product is. Which engines it runs on, manifest.yaml says.
apiVersion: floe.dev/v1
kind: FloeSpec
metadata:
  name: ${name}
  version: 0.1.0
  owner: ${owner}
platform:
  manifest: manifest.yaml
`,
    "manifest.yaml": `# yaml-language-server: $schema=${SCHEMAS}/manifest.schema.json
# The platform: one plugin for each kind. Change a line and everything moves.
apiVersion: floe.dev/v1
kind: Manifest
metadata:
  name: ${name}-platform
  version: 0.1.0
  owner: ${owner}
plugins:
  compute:
    type: duckdb
  storage:
    type: local
`,
    "dbt_project.yml": `name: ${dbtName}
version: 0.1.0
profile: ${name}
model-paths: [models]
models:
  ${dbtName}:
    +materialized: table
`,
    "models/example.sql": "select 1 as id, 'hello' as greeting\n",
    "models/schema.yml": `version: 2
models:
  - name: example
    description: Replace this with a model of your own.
    columns:
      - name: id
        description: Identifies a row.
        data_tests: [not_null, unique]
`,
    ".gitignore": ".floe/\nnode_modules/\ntarget/\nlogs/\n*.duckdb\n",
    ...(hasPackageJson
      ? {}
      : {
          "package.json": `${JSON.stringify({ name, private: true, type: "module", devDependencies: packages }, null, 2)}\n`,
        }),
  };
}
