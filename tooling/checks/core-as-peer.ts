import { publishable } from "../workspace/workspace.ts";
import type { Check } from "./finding.ts";

const CORE = "@floe/core";

/**
 * Who is used beside the host must not bring a core of its own: plugins and the testkit have it as a peer
 * dependency, so that a project has one copy.
 */
export const coreAsPeer: Check = {
  title: "plugins and the testkit have @floe/core as a peer",
  find: (workspace) =>
    publishable(workspace)
      .filter((each) => each.manifest.floe !== undefined || each.name === "@floe/testkit")
      .filter(
        ({ manifest }) =>
          manifest.peerDependencies?.[CORE] === undefined || manifest.dependencies?.[CORE] !== undefined,
      )
      .map((each) => ({
        file: `${each.path}/package.json`,
        message: `${each.name} doesn't have ${CORE} as a peer dependency alone.`,
        remedy: `Put "${CORE}": "workspace:^" into peerDependencies and devDependencies, not dependencies.`,
      })),
};
