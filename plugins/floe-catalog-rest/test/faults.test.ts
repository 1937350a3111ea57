import { expect, it } from "vitest";
import { type Answer, createRest, icebergError, scriptedCatalog } from "./scripted-catalog.ts";

/** A catalog that answers its configuration, and a connection to it. */
async function connected(script: Parameters<typeof scriptedCatalog>[0], config: object = {}) {
  const server = await scriptedCatalog(script);
  const rest = createRest({ uri: server.url, ...config });
  const catalog = await rest.connect();
  server.asked.length = 0;
  return { ...server, rest, catalog };
}

const isConfig = ({ path }: { path: string }) => path.endsWith("/v1/config");

it.each([
  [{ text: "<html>Sign in</html>" }, "CONNECTION.FAILED", /isn't an Iceberg REST catalog/],
  [{ json: ["something", "else"] }, "CONNECTION.FAILED", /isn't an Iceberg REST catalog/],
  [{ status: 404, text: "<html>Not found</html>" }, "CONNECTION.FAILED", /isn't an Iceberg REST catalog/],
  [{ status: 403, text: "<html>Forbidden</html>" }, "CATALOG.FORBIDDEN", /doesn't allow this/],
  [{ status: 500, text: "<html>Oops</html>" }, "CONNECTION.FAILED", /answered 500/],
  [icebergError(404, "NoSuchWarehouseException", "No lake."), "CATALOG.NOT_FOUND", /warehouse/],
  [icebergError(400, "BadRequestException", "No."), "CATALOG.FAILED", /couldn't do this/],
  ["reset", "CONNECTION.FAILED", /The connection to 127/],
  ["half", "CONNECTION.FAILED", /The connection to 127/],
  ["stall", "CONNECTION.TIMEOUT", /didn't answer/],
] as [Answer, string, RegExp][])("%j where a catalog should be is %s", async (answer, code, summary) => {
  const { url } = await scriptedCatalog(() => answer);
  const rest = createRest({ uri: url });
  await expect(rest.connect()).rejects.toMatchObject({ code, summary: expect.stringMatching(summary) });
  expect(await rest.healthCheck?.()).toMatchObject({
    state: "unhealthy",
    message: expect.stringMatching(summary),
  });
});

it("says that a host can't be found", async () => {
  await expect(createRest({ uri: "http://catalog.invalid" }).connect()).rejects.toMatchObject({
    code: "CONNECTION.UNREACHABLE",
  });
});

it.each([429, 503])("waits and repeats after %i, also what changes something", async (status) => {
  let refusals = 2;
  const { catalog, rest, asked } = await connected((one) => {
    if (isConfig(one)) return undefined;
    refusals -= 1;
    if (refusals >= 0) return { status, text: "busy", headers: { "retry-after": "0" } };
    return one.method === "GET" ? { json: { namespaces: [["sales"]] } } : { json: { namespace: ["sales"] } };
  });
  expect(await catalog.listNamespaces()).toEqual(["sales"]);
  expect(asked).toHaveLength(3);
  refusals = 2;
  await rest.createNamespace("sales");
  expect(asked.map(({ method }) => method)).toEqual(["GET", "GET", "GET", "POST", "POST", "POST"]);
});

it("gives up on a server that stays busy, and repeats nothing of which it isn't known whether it was done", async () => {
  let status = 503;
  const { catalog, rest, asked } = await connected((one) =>
    isConfig(one) ? undefined : { status, text: "<html>busy</html>", headers: { "retry-after": "0" } },
  );
  const failure = { code: "CONNECTION.FAILED", summary: expect.stringContaining("answered 503") };
  await expect(catalog.listNamespaces()).rejects.toMatchObject(failure);
  await expect(rest.createNamespace("sales")).rejects.toMatchObject(failure);
  expect(asked).toHaveLength(6);
  asked.length = 0;
  status = 502;
  await expect(rest.createNamespace("sales")).rejects.toMatchObject({ code: "CONNECTION.FAILED" });
  await expect(catalog.dropTable("sales.orders")).rejects.toMatchObject({ code: "CONNECTION.FAILED" });
  expect(asked).toHaveLength(2);
});

it.each([
  [icebergError(404, "NoSuchTableException", "m"), "CATALOG.NOT_FOUND", "There is no table sales.orders."],
  [icebergError(404, "NoSuchNamespaceException", "m"), "CATALOG.NOT_FOUND", "The namespace that the table"],
  [icebergError(403, "ForbiddenException", "m"), "CATALOG.FORBIDDEN", "doesn't allow this on the table"],
  [icebergError(409, "CommitFailedException", "m"), "CATALOG.CONFLICT", "Another writer changed the table"],
  [
    icebergError(409, "AlreadyExistsException", "m"),
    "CATALOG.EXISTS",
    "There is already a table sales.orders.",
  ],
  [
    icebergError(500, "CommitStateUnknownException", "m"),
    "CATALOG.FAILED",
    "couldn't do this with the table",
  ],
  [icebergError(401, "NotAuthorizedException", "m"), "CONNECTION.UNAUTHORIZED", "refused the credential"],
] as [Answer, string, string][])("%j is %s", async (answer, code, summary) => {
  const { catalog } = await connected((one) => (isConfig(one) ? undefined : answer));
  await expect(catalog.dropTable("sales.orders")).rejects.toMatchObject({
    code,
    summary: expect.stringContaining(summary),
    why: "m",
  });
});

it("says that an answer isn't one when it is something else", async () => {
  const { catalog } = await connected((one) => (isConfig(one) ? undefined : { json: { namespaces: "all" } }));
  await expect(catalog.listNamespaces()).rejects.toMatchObject({ code: "CATALOG.FAILED" });
});

it("ends at a list that never does", async () => {
  const { catalog } = await connected((one) =>
    isConfig(one) ? undefined : { json: { namespaces: [["a"]], "next-page-token": "more" } },
  );
  await expect(catalog.listNamespaces()).rejects.toMatchObject({
    code: "CATALOG.FAILED",
    why: expect.stringContaining("same page token"),
  });
});

it("goes through all pages, of the size that the server wants", async () => {
  const { catalog, asked } = await connected((one) => {
    if (isConfig(one)) return { json: { defaults: { "rest-page-size": "2" }, overrides: {} } };
    const start = Number(one.query.get("pageToken"));
    const namespaces = ["a", "b", "c", "d", "e"].slice(start, start + 2).map((name) => [name]);
    return { json: { namespaces, "next-page-token": start + 2 < 5 ? String(start + 2) : null } };
  });
  expect(await catalog.listNamespaces()).toEqual(["a", "b", "c", "d", "e"]);
  expect(asked.map(({ query }) => Object.fromEntries(query))).toEqual([
    { pageToken: "", pageSize: "2" },
    { pageToken: "2", pageSize: "2" },
    { pageToken: "4", pageSize: "2" },
  ]);
});

it("goes where the server's overrides say, under its prefix, with its separator", async () => {
  const { catalog, asked } = await connected((one) => {
    if (!isConfig(one)) return { json: { namespaces: [["a", "b c", "d"]], properties: { x: "y" } } };
    const overrides = {
      uri: `http://${one.headers.host}/elsewhere/`,
      prefix: "main%7Clake",
      "namespace-separator": "%2E",
      "header.x-tenant": "acme",
    };
    return { json: { defaults: { prefix: "ignored" }, overrides } };
  });
  expect(await catalog.listNamespaces("a.b c")).toEqual(["a.b c.d"]);
  expect(await catalog.loadNamespaceProperties("a.b c")).toEqual({ x: "y" });
  expect(asked.map(({ path }) => path)).toEqual([
    "/elsewhere/v1/main%7Clake/namespaces",
    "/elsewhere/v1/main%7Clake/namespaces/a%2Eb%20c",
  ]);
  expect(asked[0]?.query.get("parent")).toBe("a.b c");
  expect(asked[0]?.headers["x-tenant"]).toBe("acme");
  await expect(catalog.listTables('"a.b".c')).rejects.toMatchObject({ code: "CATALOG.INVALID_NAME" });
});

it("refuses names that a URL would take elsewhere before it asks", async () => {
  const { catalog, rest, asked } = await connected((one) => (isConfig(one) ? undefined : { json: {} }));
  for (const name of ['".."', '"."', "a\u001fb", 'sales.".."']) {
    await expect(rest.createNamespace(name)).rejects.toMatchObject({ code: "CATALOG.INVALID_NAME" });
  }
  for (const name of ['sales.".."', '".".orders', "a\u001fb.orders", "orders"]) {
    await expect(catalog.dropTable(name)).rejects.toMatchObject({ code: "CATALOG.INVALID_NAME" });
  }
  expect(asked).toEqual([]);
});

it("keeps ids of snapshots exact, and asks for no more snapshots than are referred to", async () => {
  const field = { id: 1, name: "id", type: "long", required: true };
  const { catalog, asked } = await connected((one) =>
    isConfig(one)
      ? undefined
      : {
          text: JSON.stringify({
            metadata: {
              "format-version": 1,
              "table-uuid": "2f5ee0a3-8bd5-4a51-9b6c-6f5bb7a0a6ad",
              location: "s3://lake/orders",
              schema: { fields: [field] },
              "current-snapshot-id": 0,
            },
          }).replace('"current-snapshot-id":0', '"current-snapshot-id":9223372036854775807'),
        },
  );
  expect(await catalog.loadTable("sales.orders")).toEqual({
    name: "sales.orders",
    uuid: "2f5ee0a3-8bd5-4a51-9b6c-6f5bb7a0a6ad",
    location: "s3://lake/orders",
    formatVersion: 1,
    schema: { fields: [field] },
    properties: {},
    currentSnapshotId: "9223372036854775807",
  });
  expect(asked[0]?.query.get("snapshots")).toBe("refs");
});

it("connects with overrides of its config, unless they aren't ones", async () => {
  const { rest, asked } = await connected(() => undefined);
  await rest.connect({ warehouse: "other" });
  expect(asked[0]?.query.get("warehouse")).toBe("other");
  await expect(rest.connect({ warehouse: 1 })).rejects.toMatchObject({ code: "PLUGIN.INVALID_CONFIG" });
  await expect(rest.connect({ wharehouse: "x" })).rejects.toMatchObject({ code: "PLUGIN.INVALID_CONFIG" });
});

it("gives ids to the fields of a new table as Iceberg does, and refuses half of them", async () => {
  const { catalog, asked } = await connected((one) => (isConfig(one) ? undefined : { json: {} }));
  const point = {
    type: "struct",
    fields: [
      { name: "x", type: "double", required: true },
      { name: "tags", type: { type: "list", element: "string", "element-required": true }, required: false },
    ],
  };
  const prices = { type: "map", key: "string", value: "long", "value-required": true };
  const fields = [
    { name: "id", type: "long", required: true },
    { name: "at", type: point, required: false },
    { name: "prices", type: prices, required: false },
  ];
  await catalog.createTable("sales.orders", { fields }).catch(() => undefined);
  const [x, tags] = point.fields;
  expect(JSON.parse(asked[0]?.body ?? "").schema.fields).toEqual([
    { ...fields[0], id: 1 },
    {
      ...fields[1],
      id: 2,
      type: {
        type: "struct",
        fields: [
          { ...x, id: 4 },
          { ...tags, id: 5, type: { ...(tags?.type as object), "element-id": 8 } },
        ],
      },
    },
    { ...fields[2], id: 3, type: { ...prices, "key-id": 6, "value-id": 7 } },
  ]);
  for (const schema of [
    { fields: [{ ...fields[0], id: 1 } as never, fields[2] as never] },
    { fields: fields.slice(0, 1), identifierFieldIds: [1] },
  ]) {
    await expect(catalog.createTable("sales.orders", schema)).rejects.toMatchObject({
      code: "CATALOG.FAILED",
    });
  }
});

it("asks for a table's other state only, of a server that names them", async () => {
  let state = { etag: "first", uuid: "1", snapshot: "9007199254740993" };
  const { catalog, asked } = await connected((one) => {
    if (isConfig(one)) return undefined;
    if (one.headers["if-none-match"] === state.etag) return { status: 304, text: "" };
    const fields = '[{"id":1,"name":"a \\"snapshot-id\\": 1","type":"long","required":true}]';
    const text = `{"metadata":{"format-version":2,"table-uuid":"${state.uuid}","location":"s3://lake/t","schemas":[{"schema-id":0,"fields":${fields}}],"current-schema-id":0,"current-snapshot-id":${state.snapshot}}}`;
    return { text, headers: { etag: state.etag } };
  });
  const first = await catalog.loadTable("sales.orders");
  expect(first).toMatchObject({ uuid: "1", currentSnapshotId: "9007199254740993" });
  expect(first.schema.fields[0]?.name).toBe('a "snapshot-id": 1');
  // What was given out is the caller's.
  Object.assign(first, { uuid: "changed" });
  expect(await catalog.loadTable("sales.orders")).toMatchObject({ uuid: "1" });
  state = { etag: "second", uuid: "2", snapshot: "-1" };
  expect(await catalog.loadTable("sales.orders")).toMatchObject({ uuid: "2", currentSnapshotId: null });
  expect(asked.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, "first", "first"]);
});

it("takes 304 for an answer only where it has asked for it", async () => {
  const { catalog } = await connected((one) => (isConfig(one) ? undefined : { status: 304, text: "" }));
  await expect(catalog.loadTable("sales.orders")).rejects.toMatchObject({
    code: expect.stringMatching(/^(CATALOG|CONNECTION)\.FAILED$/),
  });
});
