import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileIO, PluginImplementation } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-storage-local";
import { describe, expect, it, onTestFinished } from "vitest";

function open(): { storage: PluginImplementation<"storage">; io: FileIO; dir: string; root: string } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "floe-local-")));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "storage", name: "local", dir });
  const storage = plugin.create(plugin.configSchema.parse({ path: "warehouse" }), context);
  return { storage, io: storage.getFileIO(), dir, root: join(dir, "warehouse") };
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("the border of the warehouse", () => {
  it.each(["../x", "a/../../x", "/etc/passwd", "file:///etc/passwd", "relative/x", "s3://lake/x", "a\0b"])(
    "isn't crossed by %j",
    async (path) => {
      const { io, root } = open();
      const location =
        path.startsWith("/") || path.includes(":") || path.startsWith("relative")
          ? path
          : `file://${root}/${path}`;
      for (const attempt of [
        () => io.newInput(location).read(),
        () => io.newOutput(location).write(text("x")),
        () => io.delete(location),
        () => io.newInput(location).exists(),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: "STORAGE.OUTSIDE_WAREHOUSE" });
      }
    },
  );

  it("isn't crossed by a link", async () => {
    const { io, dir, root } = open();
    mkdirSync(root);
    mkdirSync(join(dir, "outside"));
    writeFileSync(join(dir, "outside", "secret"), "x");
    symlinkSync(join(dir, "outside"), join(root, "folder"));
    symlinkSync(join(dir, "outside", "secret"), join(root, "file"));
    symlinkSync(join(dir, "not-yet"), join(root, "dangling"));
    for (const path of ["folder/secret", "folder/new", "file", "dangling/new", "dangling/far/new"]) {
      await expect(io.newInput(`${root}/${path}`).read()).rejects.toMatchObject({
        code: "STORAGE.OUTSIDE_WAREHOUSE",
      });
      await expect(
        io.newOutput(`${root}/${path}`).write(text("y"), { overwrite: true }),
      ).rejects.toMatchObject({ code: "STORAGE.OUTSIDE_WAREHOUSE" });
    }
  });
});

describe("what is not a file", () => {
  it("can't be read, and needs no deleting", async () => {
    const { io, root } = open();
    await io.newOutput(`${root}/folder/file`).write(text("x"));
    for (const path of ["folder", "folder/file/below", "folder/", "nothing/at/all"]) {
      const input = io.newInput(`${root}/${path}`);
      expect(await input.exists()).toBe(false);
      await expect(input.read()).rejects.toMatchObject({ code: "STORAGE.NOT_FOUND" });
      await expect(input.length()).rejects.toMatchObject({ code: "STORAGE.NOT_FOUND" });
      await io.delete(`${root}/${path}`);
    }
    await io.delete(`${root}/${"x".repeat(300)}`);
    expect(await io.newInput(`${root}/folder/file`).exists()).toBe(true);
  });

  it("stands in the way of a file, whether or not it may be replaced", async () => {
    const { io, root } = open();
    await io.newOutput(`${root}/folder/file`).write(text("x"));
    for (const overwrite of [false, true]) {
      for (const path of ["folder", "folder/file/below", "folder/file/far/below"]) {
        await expect(io.newOutput(`${root}/${path}`).write(text("y"), { overwrite })).rejects.toMatchObject({
          code: "STORAGE.FAILED",
        });
      }
    }
    expect(readdirSync(root, { recursive: true }).toSorted()).toEqual(["folder", "folder/file"]);
  });
});

describe("files", () => {
  it("whose source fails pass its error on, even one that looks like the disk's", async () => {
    const { io, root } = open();
    const failure = Object.assign(new Error("no such bucket"), { code: "EEXIST", syscall: "link" });
    const source = (async function* () {
      yield text("half");
      throw failure;
    })();
    await expect(io.newOutput(`${root}/x`).write(source)).rejects.toBe(failure);
  });

  it("aren't written before it is known that they may be", async () => {
    const { io, root } = open();
    await io.newOutput(`${root}/x`).write(text("first"));
    let asked = false;
    const source = (async function* () {
      asked = true;
      yield text("second");
    })();
    await expect(io.newOutput(`${root}/x`).write(source)).rejects.toMatchObject({ code: "STORAGE.EXISTS" });
    expect(asked).toBe(false);
  });

  it("leave nothing beside them, however writing ended", async () => {
    const { io, root } = open();
    await io.newOutput(`${root}/a/ok`).write(text("1"));
    await io
      .newOutput(`${root}/a/ok`)
      .write(text("2"))
      .catch(() => {});
    const failing = (async function* () {
      yield text("half");
      throw new Error("cut");
    })();
    await expect(io.newOutput(`${root}/a/cut`).write(failing)).rejects.toThrow("cut");
    expect(readdirSync(join(root, "a"))).toEqual(["ok"]);
  });

  it("are given up when the writer waits for a source that never comes", async () => {
    const { io, root } = open();
    const controller = new AbortController();
    const never = (async function* () {
      yield text("first");
      setTimeout(() => controller.abort(new Error("enough")), 10);
      await new Promise(() => {});
    })();
    const writing = io.newOutput(`${root}/x`).write(never, { signal: controller.signal });
    await expect(writing).rejects.toThrow("enough");
    expect(readdirSync(root)).toEqual([]);
  });

  it("that can't be there are told in words", async () => {
    const { io, root } = open();
    await io.newOutput(`${root}/file`).write(text("x"));
    await expect(io.newOutput(`${root}/file/below`).write(text("x"))).rejects.toMatchObject({
      code: "STORAGE.FAILED",
    });
    await expect(io.newOutput(`${root}/${"x".repeat(300)}`).write(text("x"))).rejects.toMatchObject({
      code: "STORAGE.FAILED",
      summary: "The name is too long for this file system.",
    });
    await expect(io.newInput(`${root}`).read()).rejects.toMatchObject({ code: "STORAGE.OUTSIDE_WAREHOUSE" });
  });
});

describe("health", () => {
  it("is told without making the warehouse", async () => {
    const { storage, dir } = open();
    expect(await storage.healthCheck?.()).toEqual({ state: "healthy", message: "" });
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is bad where a file stands in the warehouse's place", async () => {
    const { storage, root } = open();
    writeFileSync(root, "");
    expect(await storage.healthCheck?.()).toMatchObject({
      state: "unhealthy",
      message: expect.stringContaining(root),
    });
  });
});
