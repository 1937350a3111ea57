import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Check, Finding } from "./finding.ts";

const run = promisify(execFile);

/** Home folders as the three systems have them. `~` and `<home>` are fine: they mean the reader's own. */
const HOME =
  /(?<![\w.~>:/-])\/(?:home|Users)\/[A-Za-z][\w.-]*|(?<![\w.~>:/-])\/root\/[\w.]|\b[A-Z]:\\Users\\\w/;

/** No file of the repository names a folder of somebody's machine. */
export const machinePaths: Check = {
  title: "no file names a folder of somebody's machine",
  async find({ root }) {
    const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    });
    const files = stdout.split("\0").filter((file) => file !== "");
    return (await Promise.all(files.map((file) => inFile(root, file)))).flat();
  },
};

async function inFile(root: string, file: string): Promise<Finding[]> {
  const content = await readFile(join(root, file)).catch(() => Buffer.alloc(0));
  // Git's own rule for what isn't text: a zero byte near the start.
  if (content.subarray(0, 8000).includes(0)) return [];
  return content
    .toString("utf8")
    .split("\n")
    .flatMap((line, index) => {
      const path = line.includes(`${root}/`) ? root : HOME.exec(line)?.[0];
      if (path === undefined) return [];
      return [
        {
          file: `${file}:${index + 1}`,
          message: `The line names ${path}.`,
          remedy: "Make it relative, or take it from the environment.",
        },
      ];
    });
}
