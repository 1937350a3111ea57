import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";

/** A name in the file, and where it stands. */
export interface Named {
  name: string;
  /** Offset in the text. */
  at: number;
}

/** A model, seed, snapshot or table of a source, as the file declares it. */
export interface DeclaredResource extends Named {
  kind: "model" | "seed" | "snapshot" | "source";
  /** Of a table of a source. */
  sourceName?: string;
  columns: readonly Named[];
  /** Tests of the whole and of its columns, by dbt's name: `not_null`, `dbt_utils.expression_is_true`. */
  tests: readonly Named[];
}

const SECTIONS = { models: "model", seeds: "seed", snapshots: "snapshot" } as const;

/** What a properties file of dbt declares. What has another shape than dbt's is passed over. */
export function declaredResources(root: YAMLMap): DeclaredResource[] {
  const direct = Object.entries(SECTIONS).flatMap(([section, kind]) =>
    maps(root.get(section)).flatMap((resource) => resourceOf(resource, kind)),
  );
  const tables = maps(root.get("sources")).flatMap((source) =>
    maps(source.get("tables")).flatMap((table) =>
      resourceOf(table, "source").map((resource) => ({
        ...resource,
        sourceName: String(source.get("name")),
      })),
    ),
  );
  return [...direct, ...tables];
}

function resourceOf(resource: YAMLMap, kind: DeclaredResource["kind"]): DeclaredResource[] {
  const named = nameOf(resource.get("name", true));
  if (named === undefined) return [];
  const columns = maps(resource.get("columns"));
  const versions = maps(resource.get("versions"));
  const tested = [resource, ...columns, ...versions, ...versions.flatMap((one) => maps(one.get("columns")))];
  return [
    {
      ...named,
      kind,
      columns: columns.flatMap((column) => nameOf(column.get("name", true)) ?? []),
      tests: tested.flatMap(testsOf),
    },
  ];
}

/** Both spellings, `tests` being the older. */
function testsOf(owner: YAMLMap): Named[] {
  return [...items(owner.get("data_tests")), ...items(owner.get("tests"))].flatMap((test) => {
    if (!isMap(test)) return nameOf(test) ?? [];
    // `{test_name: not_null, name: ...}` in place of `{not_null: {name: ...}}`.
    return nameOf(test.get("test_name", true) ?? test.items[0]?.key) ?? [];
  });
}

function nameOf(node: unknown): Named | undefined {
  if (!isScalar(node) || typeof node.value !== "string") return undefined;
  return { name: node.value, at: node.range?.[0] ?? 0 };
}

function items(node: unknown): Node[] {
  return isSeq(node) ? (node.items as Node[]) : [];
}

function maps(node: unknown): YAMLMap[] {
  return items(node).filter((item): item is YAMLMap => isMap(item));
}
