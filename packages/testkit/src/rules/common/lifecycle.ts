import { strict as assert } from "node:assert";
import type { Plugin } from "@floe/core";
import type { CommonRule } from "../../rule.ts";
import { refusedPort } from "../../servers.ts";

const paired: CommonRule = {
  id: "lifecycle.paired",
  title: "closes what it opens: it has both startup and shutdown, or neither",
  async check(subject) {
    const { plugin }: { plugin: Plugin } = await subject.create();
    const [startup, shutdown] = [plugin.startup !== undefined, plugin.shutdown !== undefined];
    assert.equal(
      shutdown,
      startup,
      startup ? "It has startup but no shutdown." : "Its shutdown is never called: it has no startup.",
    );
  },
};

const stops: CommonRule = {
  id: "lifecycle.stops",
  title: "starts and stops, and stopping twice does no harm, nor does stopping one instance to another",
  notApplicable: ({ offline }) => offline,
  async check(subject) {
    const { plugin: first }: { plugin: Plugin } = await subject.create();
    const { plugin: second } = await subject.start();
    await first.startup?.();
    await first.shutdown?.();
    await first.shutdown?.();
    for (const { title, failure, call } of subject.kind.liveCalls) {
      if (failure !== "answers") continue;
      const { success, message } = (await call(second, subject)) as { success: boolean; message: string };
      assert(success, `After another instance was stopped, ${title} answered: ${message}`);
    }
  },
};

const stopsAfterFailure: CommonRule = {
  id: "lifecycle.stops-after-failure",
  title: "can be stopped when starting failed",
  notApplicable: ({ unreachable, noServer }) => (unreachable === undefined ? noServer : undefined),
  async check(subject) {
    const config = await subject.options.unreachable?.(await refusedPort(), { dir: subject.dir });
    const { plugin }: { plugin: Plugin } = await subject.create({ config });
    await plugin.startup?.().catch(() => undefined);
    await plugin.shutdown?.();
  },
};

const healthy: CommonRule = {
  id: "lifecycle.health",
  title: "tells how it is, where it has a health check",
  notApplicable: ({ offline }) => offline,
  async check(subject) {
    const { plugin }: { plugin: Plugin } = await subject.start();
    const health = await plugin.healthCheck?.();
    if (health === undefined) return;
    const { state, message } = health;
    assert.equal(state, "healthy", `healthCheck() says ${state}: ${message}`);
    assert.equal(message, "", "A healthy plugin's message must be empty.");
  },
};

export const lifecycleRules: readonly CommonRule[] = [paired, stops, stopsAfterFailure, healthy];
