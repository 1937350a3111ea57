import type { Catalog, CatalogPlugin, IcebergSchema } from "@floe/core";
import type { Subject } from "../../session/subject.ts";

export const SCHEMA: IcebergSchema = {
  fields: [
    { name: "id", type: "long", required: true, doc: "Identifies a row." },
    { name: "amount", type: "decimal(38, 2)", required: false },
  ],
};

export const offline = ({ offline: reason }: { offline?: string }): string | undefined => reason;

export interface OpenNamespace {
  plugin: CatalogPlugin;
  catalog: Catalog;
  namespace: string;
}

let opened = 0;

/** A namespace of the rule's own, emptied and dropped when the rule is done. */
export async function openNamespace(subject: Subject<"catalog">): Promise<OpenNamespace> {
  const { plugin } = await subject.start();
  const catalog = await plugin.connect();
  opened += 1;
  const namespace = `floe_testkit_${process.pid}_${Date.now().toString(36)}_${opened}`;
  subject.later(() => dropAll(catalog, namespace));
  await plugin.createNamespace(namespace, { owner: "testkit" });
  return { plugin, catalog, namespace };
}

async function dropAll(catalog: Catalog, namespace: string): Promise<void> {
  for (const table of await catalog.listTables(namespace)) await catalog.dropTable(table);
  // A catalog without nesting has none, or says that it can't.
  const children = await catalog.listNamespaces(namespace).catch(() => []);
  for (const child of children) if (child !== namespace) await dropAll(catalog, child);
  await catalog.dropNamespace(namespace);
}
