import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PluginDefinition } from "@floe/core";
import { expect, it } from "vitest";
import type { MissingService, RunningService } from "../../services/service.ts";
import { bytes, openStore, type StoreAccess, text } from "./store-access.ts";

/**
 * A store whose server has a certificate of an authority of one's own: `ca_file` names it.
 *
 * @param start A server with TLS, and how it is reached with more options.
 */
export function testStoreAuthority(
  plugin: PluginDefinition<"storage">,
  start: () => Promise<{ server: RunningService; access: (more: object) => StoreAccess } | MissingService>,
  startLimitMs: number,
): void {
  it("a private certificate authority is the one that ca_file names", {
    timeout: startLimitMs,
  }, async ({ skip }) => {
    const started = await start();
    if ("missing" in started) return skip(started.missing);
    await using server = started.server;
    const dir = mkdtempSync(join(tmpdir(), "floe-authority-"));
    const ca_file = join(dir, "authority.pem");
    writeFileSync(ca_file, server.ca ?? "");

    await using store = openStore(plugin, started.access({ ca_file }));
    // Large enough for parts, which have connections of their own.
    const data = new Uint8Array(20 * 1024 * 1024).fill(7);
    await store.files.newOutput(store.at("large")).write(data);
    expect(Buffer.compare(await store.files.newInput(store.at("large")).read(), data)).toBe(0);

    await using stranger = openStore(plugin, started.access({ max_attempts: 1 }));
    await expect(stranger.files.newOutput(store.at("x")).write(bytes("x"))).rejects.toMatchObject({
      code: "CONNECTION.FAILED",
      next: [expect.stringContaining("certificate")],
    });
    await using lost = openStore(plugin, started.access({ ca_file: join(dir, "missing.pem") }));
    await expect(lost.files.newInput(store.at("x")).exists()).rejects.toMatchObject({
      code: "CONFIG.UNREADABLE",
      summary: expect.stringContaining("missing.pem"),
    });

    await store.files.newOutput(store.at("small")).write(bytes("there"));
    expect(text(await store.files.newInput(store.at("small")).read())).toBe("there");
    rmSync(dir, { recursive: true, force: true });
  });
}
