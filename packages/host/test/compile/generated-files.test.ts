import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GENERATED } from "@floe/core";
import { expect, it, onTestFinished } from "vitest";
import { FILE_LIST, refuseOthersFiles, writeGenerated } from "../../src/compile/generated-files.ts";

function product() {
  const base = mkdtempSync(join(tmpdir(), "floe-generated-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const dir = join(base, "product");
  mkdirSync(dir);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  return {
    base,
    dir,
    write,
    has: (path: string) => existsSync(join(dir, path)),
    read: (path: string) => readFileSync(join(dir, path), "utf8"),
    compile: (...paths: string[]) =>
      writeGenerated(dir, new Map(paths.map((path) => [path, `of ${path}\n`]))),
  };
}

it("removes what an earlier compile wrote and this one doesn't, with folders that are empty then", () => {
  const { compile, has, write } = product();
  compile(
    "compiled_artifacts.json",
    "definitions.py",
    "deploy/python/tool/__init__.py",
    "deploy/python/tool/a/b.py",
  );
  write("deploy/python/tool/a/__pycache__/b.cpython-313.pyc", "");
  const { removed } = compile("compiled_artifacts.json", "airflow_dag.py", "deploy/python/tool/__init__.py");
  expect([...removed].sort()).toEqual(["definitions.py", "deploy/python/tool/a/b.py"]);
  expect(has("definitions.py")).toBe(false);
  expect(has("deploy/python/tool/a")).toBe(false);
  expect(has("deploy/python/tool/__init__.py")).toBe(true);
  expect(compile("compiled_artifacts.json").removed).toHaveLength(2);
  expect(has("deploy")).toBe(false);
});

it("leaves what is a user's: beside its files, in their place, or written over them", () => {
  const { compile, has, read, write } = product();
  write("deploy/dagster/mine.whl", "mine");
  compile("definitions.py", "deploy/dagster/requirements.txt", "deploy/helm/dagster.yaml");
  write("definitions.py", "mine");
  write("deploy/helm/mine.yaml", "mine");
  expect(compile("compiled_artifacts.json").removed).toEqual([
    "deploy/dagster/requirements.txt",
    "deploy/helm/dagster.yaml",
  ]);
  expect(read("definitions.py")).toBe("mine");
  expect(has("deploy/dagster/mine.whl")).toBe(true);
  expect(has("deploy/helm/mine.yaml")).toBe(true);
});

it("follows no list out of the product's folder, and none that it can't read", () => {
  const { base, compile, dir, has, write } = product();
  compile("definitions.py");
  const { files } = JSON.parse(readFileSync(join(dir, FILE_LIST), "utf8"));
  writeFileSync(join(base, "outside.py"), "of definitions.py\n");
  const outside = {
    "../outside.py": files["definitions.py"],
    [join(base, "outside.py")]: files["definitions.py"],
  };
  write(FILE_LIST, JSON.stringify({ format: 1, files: outside }));
  expect(compile("airflow_dag.py").removed).toEqual([]);
  expect(existsSync(join(base, "outside.py"))).toBe(true);
  for (const spoilt of ["", "[]", '{"format": 2, "files": {"airflow_dag.py": ""}}', '{"format": 1}']) {
    write(FILE_LIST, spoilt);
    expect(compile("definitions.py").removed).toEqual([]);
  }
  expect(has("airflow_dag.py")).toBe(true);
});

it("says what it wrote, and writes the same twice", () => {
  const { compile, read } = product();
  expect(compile("compiled_artifacts.json", "profiles.yml")).toEqual({
    files: ["compiled_artifacts.json", "profiles.yml"],
    written: ["compiled_artifacts.json", "profiles.yml"],
    removed: [],
  });
  expect(compile("profiles.yml", "deploy/b", "deploy/a").written).toEqual([
    "deploy/b",
    "deploy/a",
    FILE_LIST,
  ]);
  const list = read(FILE_LIST);
  expect(compile("profiles.yml", "deploy/a", "deploy/b").written).toEqual([]);
  expect(read(FILE_LIST)).toBe(list);
});

it("writes over nothing without its mark", () => {
  const { dir, write } = product();
  const ask = (path: string) =>
    refuseOthersFiles([path], { projectDir: dir, cwd: dir, why: "It is needed." });
  write("mine.yaml", "a: 1\n");
  write("empty.yaml", "\n");
  write("own.yaml", `${GENERATED}\na: 1\n`);
  for (const path of ["empty.yaml", "own.yaml", "missing.yaml"]) ask(path);
  expect(() => ask("mine.yaml")).toThrow(
    expect.objectContaining({ code: "PROJECT.EXISTS", where: { file: "mine.yaml" } }),
  );
});
