import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";

/** For the first making of the environment. */
export const PYTHON_LIMIT_MS = 180_000;

/**
 * Runs Python that has pyiceberg and DuckDB. It finds what was handed in as `given`, and gives back what it
 * puts into `answer`. Of the environment it has what is given here alone, so no credential but those.
 */
export async function runStoragePython(
  code: string,
  { given, env }: { given: unknown; env: Readonly<Record<string, string>> },
): Promise<unknown> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { python } = await runtime.environment({
    requirements: join(import.meta.dirname, "python", "requirements.txt"),
  });
  const program = `import json, sys\ngiven = json.load(sys.stdin)\nanswer = None\n${code}\nprint("\\n" + json.dumps(answer))\n`;
  const child = spawn(python, ["-X", "utf8", "-c", program], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), AWS_EC2_METADATA_DISABLED: "true", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(JSON.stringify(given));
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    output += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    errors += part;
  });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`Python ended with ${exitCode}:\n${errors.slice(-4000)}`);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "null");
}

/** PyIceberg's FileIO: reads `given.location`, writes `given.other`, with the plugin's properties. */
export const PYICEBERG_ROUND_TRIP = `
from pyiceberg.io import load_file_io
io = load_file_io(given["properties"])
with io.new_input(given["location"]).open() as stream:
    content = stream.read().decode()
with io.new_output(given["other"]).create(overwrite=True) as stream:
    stream.write((content + " and back").encode())
answer = [type(io).__name__, content, len(io.new_input(given["other"]))]
`;

/**
 * DuckDB as dbt-duckdb makes it of the profile's part: loads the extensions, sets the settings, creates the
 * secrets; then reads `given.location`. Values are quoted as dbt-duckdb does (dbt/adapters/duckdb/secrets.py),
 * after env_var() was filled in.
 */
export const DUCKDB_READ = `
import importlib.util, os, pathlib, re
import duckdb
database = duckdb.connect()
profile = given["profile"]
for name in profile["extensions"]:
    folder = importlib.util.find_spec("duckdb_extension_" + name).submodule_search_locations[0]
    [file] = pathlib.Path(folder).rglob(name + ".duckdb_extension")
    database.execute(f"LOAD '{file}'")
for name, value in profile.get("settings", {}).items():
    database.execute(f"SET {name} = '{value}'")
filled = lambda value: re.sub(r"\\{\\{ env_var\\('(\\w+)'\\) \\}\\}", lambda found: os.environ[found[1]], str(value))
for secret in profile["secrets"]:
    name = secret.pop("name")
    parts = [f"{key} {value}" if key in ("type", "provider") else f"{key} '{filled(value)}'" for key, value in secret.items()]
    database.execute(f"CREATE OR REPLACE SECRET {name} ({', '.join(parts)})")
[content] = database.execute("SELECT content FROM read_text(?)", [given["location"]]).fetchone()
answer = content
`;

/** The same, and writes `given.other`. */
export const DUCKDB_ROUND_TRIP = `${DUCKDB_READ}database.execute(f"COPY (SELECT range AS id FROM range(1000)) TO '{given['other']}' (FORMAT parquet)")
[total] = database.execute("SELECT sum(id) FROM read_parquet(?)", [given["other"]]).fetchone()
answer = [content, int(total)]
`;
