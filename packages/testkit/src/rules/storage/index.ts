import type { StoragePlugin } from "@floe/core";
import { isFloeError } from "@floe/core";
import type { KindRules, LiveCall, PureCall } from "../../rule.ts";
import { atomicityRules } from "./atomicity.ts";
import { nameRules } from "./names.ts";
import { propertyRules } from "./properties.ts";
import { readingRules } from "./reading.ts";
import { writingRules } from "./writing.ts";

const NAMESPACES = ["", "bronze", "sales.europe.orders"];

/** A name that no one else has: stores outlive the test. */
const probe = (plugin: StoragePlugin): string =>
  `${plugin.getWarehouseUri("")}/floe-testkit-probe/${crypto.randomUUID()}`;

const pureCalls = (): PureCall<"storage">[] => [
  ...NAMESPACES.map((namespace) => ({
    title: `getWarehouseUri("${namespace}")`,
    call: (plugin: StoragePlugin) => plugin.getWarehouseUri(namespace),
  })),
  { title: "getPyicebergProperties()", call: (plugin) => plugin.getPyicebergProperties() },
  { title: "getDbtProfileConfig()", call: (plugin) => plugin.getDbtProfileConfig() },
  { title: "getDagsterIoManagerConfig()", call: (plugin) => plugin.getDagsterIoManagerConfig() },
  { title: "getHelmValuesOverride()", call: (plugin) => plugin.getHelmValuesOverride() },
];

const liveCalls: readonly LiveCall<"storage">[] = [
  {
    title: "reading a file",
    failure: "throws",
    call: (plugin) =>
      plugin
        .getFileIO()
        .newInput(probe(plugin))
        .read()
        .catch((error: unknown) => {
          // A working store's answer here.
          if (!isFloeError(error) || error.code !== "STORAGE.NOT_FOUND") throw error;
        }),
  },
  {
    title: "exists()",
    failure: "throws",
    call: (plugin) => plugin.getFileIO().newInput(probe(plugin)).exists(),
  },
  {
    title: "writing a file",
    failure: "throws",
    async call(plugin) {
      const location = probe(plugin);
      await plugin.getFileIO().newOutput(location).write(Buffer.from("probe"));
      await plugin.getFileIO().delete(location);
    },
  },
  {
    title: "delete()",
    failure: "throws",
    call: (plugin) => plugin.getFileIO().delete(probe(plugin)),
  },
];

export const storageRules: KindRules<"storage"> = {
  kind: "storage",
  members: {
    getFileIO: "function",
    getPyicebergProperties: "function",
    getWarehouseUri: "function",
    getDbtProfileConfig: "function",
    getDagsterIoManagerConfig: "function",
    getHelmValuesOverride: "function",
  },
  pureCalls,
  liveCalls,
  rules: [...propertyRules, ...readingRules, ...writingRules, ...atomicityRules, ...nameRules],
};
