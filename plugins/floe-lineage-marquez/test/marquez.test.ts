import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestContext } from "@floe/testkit";
import { startLineageReceiver } from "@floe/tooling/lineage-receiver";
import plugin from "floe-lineage-marquez";
import { expect, it } from "vitest";

async function create(config: Record<string, unknown>) {
  const dir = await mkdtemp(join(tmpdir(), "floe-marquez-"));
  const context = createTestContext({ kind: "lineage_backend", name: "marquez", dir });
  return plugin.create(plugin.configSchema.parse(config), context);
}

it("knows Marquez when it answers, and something else when that does", async () => {
  await using receiver = await startLineageReceiver();
  const backend = await create({ url: receiver.url });
  expect(await backend.validateConnection()).toMatchObject({ success: true });
  receiver.behave("rubbish");
  const answer = await backend.validateConnection();
  expect(answer.success).toBe(false);
  expect(answer.next).not.toEqual([]);
});

it("gives the address that takes events", async () => {
  await using receiver = await startLineageReceiver();
  const { url, endpoint } = (await create({ url: receiver.url })).getTransportConfig();
  const response = await fetch(`${url}/${endpoint}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "[]",
  });
  expect(response.status).toBe(400);
});
