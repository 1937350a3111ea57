import { glob, readFile } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import type { Check, Finding } from "./finding.ts";

const PIN = /(?<![\w.-])([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==(\d[\w.]*\w)/g;

/**
 * What the sources ask for on other machines is what the lists of requirements were resolved and tested with. A
 * package that no list has is nobody's but the source's.
 */
export const pythonPins: Check = {
  title: "sources name Python packages in the versions of the requirement files",
  async find({ root, packages }) {
    const paths = packages.map(({ path }) => path);
    const tested = new Map<string, Set<string>>();
    for await (const { name, version } of pins(root, paths, "python/requirements.txt")) {
      tested.set(name, (tested.get(name) ?? new Set()).add(version));
    }
    const findings: Finding[] = [];
    for await (const { name, version, file, line } of pins(root, paths, "src/**/*.ts")) {
      const versions = tested.get(name);
      if (versions === undefined || versions.has(version)) continue;
      findings.push({
        file: `${file}:${line}`,
        message: `${name} is ${version} here, and ${[...versions].join(" or ")} in python/requirements.txt.`,
        remedy: "Name the version that was tested.",
      });
    }
    return findings;
  },
};

interface Pin {
  name: string;
  version: string;
  file: string;
  line: number;
}

async function* pins(root: string, paths: readonly string[], pattern: string): AsyncGenerator<Pin> {
  for (const path of paths) {
    for await (const found of glob(`${path}/${pattern}`, { cwd: root })) {
      const file = found.split(sep).join(posix.sep);
      const lines = (await readFile(join(root, file), "utf8")).split("\n");
      for (const [index, line] of lines.entries()) {
        for (const [, name = "", version = ""] of line.matchAll(PIN)) {
          yield { name: name.toLowerCase().replaceAll(/[._]/g, "-"), version, file, line: index + 1 };
        }
      }
    }
  }
}
