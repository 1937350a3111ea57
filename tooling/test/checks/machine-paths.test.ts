import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { machinePaths } from "../../checks/machine-paths.ts";
import { type Files, places, soundFiles, withWorkspace } from "./sample-workspace.ts";

/** Put together here, so that this file passes the check itself. */
const home = (...parts: string[]) => ["", ...parts].join("/");

async function findIn(files: Files): Promise<string[]> {
  return withWorkspace({ ...soundFiles(), ...files }, async (workspace) => {
    execFileSync("git", ["init", "--quiet"], { cwd: workspace.root });
    return places(await machinePaths.find(workspace));
  });
}

test("finds home folders of all systems, with their line", async () => {
  const files = {
    "notes.md": `first\nsee ${home("home", "ada", "floe")}\n`,
    "a.ts": `const cache = "${home("Users", "ada")}";\n`,
    "b.txt": `${home("root", ".cache")}\n`,
    "c.txt": `${["C:", "Users", "ada"].join("\\")}\n`,
  };
  expect((await findIn(files)).sort()).toEqual(["a.ts:1", "b.txt:1", "c.txt:1", "notes.md:2"]);
});

test("leaves addresses, relative paths and ignored files alone", async () => {
  const files = {
    "a.md": "https://example.com/home/ada and packages/home/ada and ~/home and file.root/x\n",
    ".gitignore": "local/\n",
    "local/settings.txt": home("home", "ada", "x"),
  };
  expect(await findIn(files)).toEqual([]);
});
