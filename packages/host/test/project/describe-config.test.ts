import { definePlugin } from "@floe/core";
import { expect, it } from "vitest";
import { z } from "zod";
import { describePluginConfig } from "../../src/project/describe-config.ts";

it("shows of mappings that a constant tells apart the constant, and what each has", () => {
  const login = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("none") }),
    z.strictObject({ type: z.literal("key"), key: z.string().describe("The key.") }),
  ]);
  const plugin = definePlugin({
    kind: "catalog",
    name: "sample",
    configSchema: z.strictObject({ login: login.describe("How to get in.") }),
    create: () => {
      throw new Error("not made here");
    },
  });
  expect(
    describePluginConfig(plugin).map(({ name, type, required, description }) => [
      name,
      type,
      required,
      description,
    ]),
  ).toEqual([
    ["login", "mapping", true, "How to get in."],
    ["login.type", "none | key", true, "Which of them; the options below go with it."],
    ["login.key", "string", true, "key: The key."],
  ]);
});
