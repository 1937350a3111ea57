import type { ComputePlugin, WorkloadSize } from "@floe/core";
import type { KindRules, LiveCall, PureCall } from "../../rule.ts";
import type { Subject } from "../../session/subject.ts";
import { connectionRules } from "./connection.ts";
import { computeConfig } from "./engine.ts";
import { profileRules } from "./profile.ts";
import { queryRules } from "./queries.ts";
import { sampleCatalogs } from "./sample-catalogs.ts";

const SIZES: readonly WorkloadSize[] = ["small", "medium", "large"];

const pureCalls = (subject: Subject<"compute">): PureCall<"compute">[] => [
  {
    title: "generateDbtProfile()",
    call: (plugin) => plugin.generateDbtProfile(computeConfig(subject)),
  },
  ...sampleCatalogs().map(
    (catalog): PureCall<"compute"> => ({
      title: `generateDbtProfile() with a ${catalog.authorization.type} catalog`,
      call: (plugin) => plugin.generateDbtProfile({ ...computeConfig(subject), catalog }),
    }),
  ),
  { title: "getRequiredDbtPackages()", call: (plugin) => plugin.getRequiredDbtPackages() },
  ...SIZES.map((size) => ({
    title: `getResourceRequirements("${size}")`,
    call: (plugin: ComputePlugin) => plugin.getResourceRequirements(size),
  })),
  ...sampleCatalogs().map((catalog) => ({
    title: `getCatalogAttachmentSql() of a ${catalog.authorization.type} catalog`,
    call: (plugin: ComputePlugin) => plugin.getCatalogAttachmentSql(catalog),
  })),
];

const liveCalls: readonly LiveCall<"compute">[] = [
  {
    title: "validateConnection()",
    failure: "answers",
    call: (plugin, subject) => plugin.validateConnection(computeConfig(subject)),
  },
  {
    title: "connect()",
    failure: "throws",
    async call(plugin, subject) {
      const connection = await plugin.connect(computeConfig(subject), { readOnly: false });
      await connection.close();
    },
  },
];

export const computeRules: KindRules<"compute"> = {
  kind: "compute",
  members: {
    isSelfHosted: "boolean",
    generateDbtProfile: "function",
    getDatasetName: "function",
    getRequiredDbtPackages: "function",
    validateConnection: "function",
    getResourceRequirements: "function",
    connect: "function",
  },
  pureCalls,
  liveCalls,
  rules: [...profileRules, ...connectionRules, ...queryRules],
};
