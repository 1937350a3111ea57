import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A page of the documentation that is made from the source and kept in the repository. */
export interface GeneratedPage {
  /** Relative to the repository. */
  file: string;
  /** The whole page, with the newline at its end. */
  render(): string | Promise<string>;
}

/** Whether the page in the repository is what would be made now. A missing page isn't. */
export async function isCurrent(root: string, page: GeneratedPage): Promise<boolean> {
  const kept = await readFile(join(root, page.file), "utf8").catch(() => undefined);
  return kept === (await page.render());
}

export async function writePage(root: string, page: GeneratedPage): Promise<void> {
  const target = join(root, page.file);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await page.render());
}
