import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FloeError } from "@floe/core/contracts";

/**
 * Writes files below a folder, none if one of them is already there. Each appears whole: it is written
 * under another name and renamed.
 *
 * @throws FloeError `PROJECT.EXISTS`, `PROJECT.UNWRITABLE`.
 */
export async function writeNewFiles(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  const there = Object.keys(files).filter((path) => existsSync(join(dir, path)));
  if (there.length > 0) {
    throw new FloeError(
      "PROJECT.EXISTS",
      `${there.join(", ")} ${there.length === 1 ? "is" : "are"} already there.`,
      {
        why: "floe doesn't overwrite what you have; nothing was written.",
        next: ["Choose another folder: floe init <folder>"],
        where: { file: join(dir, there[0] ?? "") },
      },
    );
  }
  const written: string[] = [];
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      const temporary = `${file}.${process.pid}.tmp`;
      written.push(temporary);
      await writeFile(temporary, content);
      await rename(temporary, file);
      written[written.length - 1] = file;
    }
  } catch (error) {
    await Promise.all(written.map((file) => rm(file, { force: true })));
    throw new FloeError("PROJECT.UNWRITABLE", `${dir} can't be written.`, {
      why: (error as Error).message,
      next: ["Check the folder's permissions and the free space, or choose another folder."],
      where: { file: dir },
      cause: error,
    });
  }
}
