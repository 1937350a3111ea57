import { randomUUID } from "node:crypto";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createRunEvent, type Dataset, FloeError, type PluginContext } from "@floe/core";
import type { OrchestratorConfig } from "./config.ts";

const TIMEOUT_MS = 5000;

/** The rule of `OrchestratorPlugin.emitLineageEvent`: a job's START and end are one run. */
export class JobLineage {
  readonly #options: OrchestratorConfig["lineage"];
  readonly #context: PluginContext;
  /** Ids of runs that have started and not ended, by job. */
  readonly #open = new Map<string, string>();

  constructor(options: OrchestratorConfig["lineage"], context: PluginContext) {
    this.#options = options;
    this.#context = context;
  }

  /**
   * Sends an event; without an address it is kept in `.floe/orchestrator/lineage.jsonl`.
   *
   * @throws FloeError `CONNECTION.*`.
   */
  async emit(
    eventType: "START" | "COMPLETE" | "FAIL",
    job: string,
    inputs: readonly Dataset[],
    outputs: readonly Dataset[],
  ): Promise<void> {
    const started = eventType === "START" ? undefined : this.#open.get(job);
    const runId = started ?? randomUUID();
    // There must be both: who tells the end alone means a run that began and ended.
    if (eventType !== "START" && started === undefined) await this.#send("START", runId, job, [], []);
    await this.#send(eventType, runId, job, inputs, outputs);
    if (eventType === "START") this.#open.set(job, runId);
    else this.#open.delete(job);
  }

  async #send(
    eventType: "START" | "COMPLETE" | "FAIL",
    runId: string,
    job: string,
    inputs: readonly Dataset[],
    outputs: readonly Dataset[],
  ): Promise<void> {
    const { package: name, version } = this.#context.plugin;
    const event = createRunEvent({
      eventType,
      eventTime: new Date().toISOString(),
      producer: `https://www.npmjs.com/package/${name}/v/${version}`,
      run: { runId },
      job: { namespace: this.#options?.namespace ?? "floe", name: job },
      inputs,
      outputs,
    });
    if (this.#options === undefined) return this.#keep(event);
    const { url, api_key } = this.#options;
    const token = api_key && (await this.#context.secrets.resolve(api_key));
    const response = await this.#context.fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(event),
      timeoutMs: TIMEOUT_MS,
    });
    if (response.ok) return;
    throw new FloeError("CONNECTION.FAILED", `${new URL(url).host} refused an event (${response.status}).`, {
      next: ["Check plugins.orchestrator.config.lineage.url: it is the whole address, with its path."],
    });
  }

  async #keep(event: object): Promise<void> {
    const folder = join(this.#context.paths.stateDir, "orchestrator");
    await mkdir(folder, { recursive: true });
    await appendFile(join(folder, "lineage.jsonl"), `${JSON.stringify(event)}\n`);
  }
}
