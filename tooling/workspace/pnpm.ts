import { basename } from "node:path";
import rootManifest from "../../package.json" with { type: "json" };

/**
 * How to start the repository's own pnpm: the one that runs this script, or else the pinned version through
 * npx. A pnpm that happens to be on PATH may be any version.
 */
export function pnpmCommand(): [command: string, ...args: string[]] {
  const running = process.env.npm_execpath;
  if (running !== undefined && /^pnpm(?:\.exe)?$/.test(basename(running))) return [running];
  return ["npx", "--yes", rootManifest.packageManager];
}
