import {
  createDatasetEvent,
  createFacet,
  createJobEvent,
  createRunEvent,
  type Dataset,
  OPENLINEAGE_SPEC_VERSION,
  type RunEventType,
} from "@floe/core";
import { describe, expect, it } from "vitest";
import { id, producer, runId } from "./facet-examples.ts";
import { eventSchema, violations } from "./openlineage-schemas.ts";

const common = { eventTime: "2026-01-01T00:00:00Z", producer };
const schema = createFacet("dataset", "schema", producer, { fields: [{ name: "id" }] });
const io = {
  inputs: [
    {
      ...id,
      inputFacets: {
        inputStatistics: createFacet("inputDataset", "inputStatistics", producer, { rowCount: 1 }),
      },
    },
  ],
  outputs: [
    {
      ...id,
      facets: { schema },
      outputFacets: {
        outputStatistics: createFacet("outputDataset", "outputStatistics", producer, { rowCount: 1 }),
      },
    },
  ],
};

describe("OpenLineage events", () => {
  it.each<RunEventType>(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"])(
    "a run event of type %s is valid, with facets of a producer's own",
    (eventType) => {
      const facets = { mine: { _producer: producer, _schemaURL: "https://example.com/mine.json" } };
      const event = createRunEvent({ ...common, eventType, run: { runId, facets }, job: id, ...io });
      expect(violations(event.schemaURL, event)).toEqual([]);
    },
  );

  it.each([
    createJobEvent({ ...common, job: id, ...io }),
    createDatasetEvent({ ...common, dataset: { ...id, facets: { schema } } }),
  ])("is valid: $schemaURL", (event) => {
    expect(violations(event.schemaURL, event)).toEqual([]);
    expect(event.producer).toBe(producer);
  });

  it("are of the version that is kept", () => {
    expect(eventSchema.$id).toBe(`https://openlineage.io/spec/${OPENLINEAGE_SPEC_VERSION}/OpenLineage.json`);
  });

  it.each([
    ["a run id that is no UUID", { run: { runId: "1" } }, "/run/runId"],
    ["a time without offset", { eventTime: "2026-01-01 00:00" }, "/eventTime"],
    ["a producer that is no URI", { producer: "floe" }, "/producer"],
    [
      "a facet without its schema",
      { run: { runId, facets: { mine: { _producer: producer } } } },
      "/run/facets/mine",
    ],
  ])("are refused for %s", (_, wrong, place) => {
    const event = createRunEvent({ ...common, eventType: "START", run: { runId }, job: id });
    expect(violations(event.schemaURL, { ...event, ...wrong }).join("\n")).toContain(`${place} must`);
  });

  it("have their facets checked by the compiler", () => {
    const sql = createFacet("job", "sql", producer, { query: "select 1" });
    // @ts-expect-error a query has no columns
    const wrong: Dataset = { ...id, facets: { columnLineage: sql } };
    expect(wrong.facets?.columnLineage).not.toHaveProperty("fields");
    // @ts-expect-error there is no such type of event
    createRunEvent({ ...common, eventType: "DONE", run: { runId }, job: id });
  });
});
