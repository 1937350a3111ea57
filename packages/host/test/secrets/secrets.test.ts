import { describe, expect, it } from "vitest";
import { SecretMask } from "../../src/secrets/mask.ts";
import { createSecretResolver } from "../../src/secrets/resolver.ts";
import { tempProject } from "../support/temp-project.ts";

describe("secret references", () => {
  it("come from the environment first, whatever their source", async () => {
    const { resolve } = createSecretResolver({
      env: { LAKE_KEY_SECRET: "from-env" },
      mask: new SecretMask(),
    });
    for (const source of ["env", "kubernetes", "vault"] as const) {
      await expect(resolve({ source, name: "lake-key", key: "secret" })).resolves.toBe("from-env");
    }
  });

  it("come from mounted files, without the line end that an editor adds", async () => {
    const dir = tempProject({ "lake/secret": "from-file\n", token: "plain" });
    const { resolve } = createSecretResolver({ env: { FLOE_SECRETS_DIR: dir }, mask: new SecretMask() });
    await expect(resolve({ source: "kubernetes", name: "lake", key: "secret" })).resolves.toBe("from-file");
    await expect(resolve({ source: "vault", name: "token" })).resolves.toBe("plain");
  });

  it("that lead to nothing say where was looked, and nothing else", async () => {
    const dir = tempProject({ "empty/secret": "\n", "lake/secret": "x" });
    const { resolve } = createSecretResolver({
      env: { FLOE_SECRETS_DIR: dir, A: "" },
      mask: new SecretMask(),
    });
    await expect(resolve({ source: "env", name: "a" })).rejects.toMatchObject({
      code: "SECRET.NOT_FOUND",
      next: ["Set the environment variable A."],
    });
    await expect(resolve({ source: "kubernetes", name: "b" })).rejects.toMatchObject({
      code: "SECRET.NOT_FOUND",
    });
    await expect(resolve({ source: "kubernetes", name: "empty", key: "secret" })).rejects.toMatchObject({
      code: "SECRET.NOT_FOUND",
    });
    await expect(resolve({ source: "kubernetes", name: "lake" })).rejects.toMatchObject({
      code: "SECRET.UNREADABLE",
      next: ["Add `key:` to the reference."],
    });
  });
});

describe("the mask", () => {
  it("covers what was resolved, in every encoding that tools repeat", async () => {
    const mask = new SecretMask();
    const value = 'p"ss/word+1';
    const { resolve } = createSecretResolver({ env: { A: value }, mask });
    expect(mask.text(value)).toBe(value);
    await resolve({ source: "env", name: "a" });
    const encodings = [
      value,
      JSON.stringify(value),
      encodeURIComponent(value),
      Buffer.from(value).toString("base64"),
    ];
    for (const text of encodings) expect(mask.text(`x ${text} y`)).toMatch(/^x "?\*{8}"? y$/);
    expect(JSON.stringify(mask.data({ deep: [{ [value]: value }], error: new Error(value) }))).not.toContain(
      "ss/word",
    );
  });

  it("masks the longer of two secrets whole, and leaves ordinary short words alone", () => {
    const mask = new SecretMask();
    for (const value of ["abcd", "abcdefgh", "on"]) mask.add(value);
    expect(mask.text("abcdefgh on abcd")).toBe("******** on ********");
  });
});
