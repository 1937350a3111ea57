import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGo } from "./go.ts";
import { type Installation, installOnce } from "./service.ts";

const VERSION = "1.76.0";
const BUILD_LIMIT_MS = 1_200_000;

/** rclone as it is, but for the fifty stores that nobody asks for here. */
const MAIN = `package main

import (
${["backend/azureblob", "backend/googlecloudstorage", "backend/local", "backend/s3", "cmd/copy", "cmd/copyto"]
  .map((each) => `\t_ "github.com/rclone/rclone/${each}"`)
  .join("\n")}
	"github.com/rclone/rclone/cmd"
)

func main() { cmd.Main() }
`;

const RCLONE: Installation = {
  name: "rclone",
  version: VERSION,
  async install(dir) {
    const source = await mkdtemp(join(tmpdir(), "floe-rclone-"));
    try {
      await writeFile(join(source, "main.go"), MAIN);
      const module = `module floe.test/rclone\n\ngo 1.26\n\nrequire github.com/rclone/rclone v${VERSION}\n`;
      await writeFile(join(source, "go.mod"), module);
      await runGo(["build", "-mod=mod", "-ldflags=-s -w", "-o", join(dir, "rclone"), "."], {
        cwd: source,
        limitMs: BUILD_LIMIT_MS,
      });
    } finally {
      await rm(source, { recursive: true, force: true });
    }
  },
};

/** rclone's program, built by Go at first use. */
export async function installRclone(): Promise<string> {
  return join(await installOnce(RCLONE), "rclone");
}
