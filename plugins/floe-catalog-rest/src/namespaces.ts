import { catalogName, catalogNameLevels, FloeError, type NamespacePropertyChanges } from "@floe/core";
import { z } from "zod";
import { allPages, nextPage } from "./pages.ts";
import type { Session } from "./session.ts";

const levels = z.array(z.string());
const properties = z.record(z.string(), z.string());

export async function createNamespace(
  session: Session,
  namespace: string,
  own: Readonly<Record<string, string>>,
): Promise<void> {
  // Names that a path can't carry are refused here already: nothing else could reach what was made.
  session.namespacePath(namespace);
  await session.send(
    {
      method: "POST",
      path: "namespaces",
      body: { namespace: catalogNameLevels(namespace), properties: own },
    },
    { kind: "namespace", name: namespace, conflict: "CATALOG.EXISTS" },
  );
}

export async function listNamespaces(session: Session, parent?: string): Promise<string[]> {
  const pages = await allPages(session, {
    path: "namespaces",
    query: { parent: parent === undefined ? undefined : session.namespaceParameter(parent) },
    subject: { kind: "namespace", name: parent ?? "at the top" },
    schema: z.object({ namespaces: z.array(levels), ...nextPage }),
  });
  return pages.flatMap(({ namespaces }) => namespaces.map(catalogName));
}

export async function loadNamespaceProperties(
  session: Session,
  namespace: string,
): Promise<Readonly<Record<string, string>>> {
  const answer = await session.ask(
    { method: "GET", path: session.namespacePath(namespace) },
    { kind: "namespace", name: namespace },
    z.object({ properties: properties.nullish() }),
  );
  return answer.properties ?? {};
}

export async function updateNamespaceProperties(
  session: Session,
  namespace: string,
  { set = {}, remove = [] }: NamespacePropertyChanges,
): Promise<void> {
  const both = remove.find((key) => key in set);
  if (both !== undefined) {
    throw new FloeError("CATALOG.FAILED", `The property ${both} of ${namespace} is both set and removed.`, {
      next: ["Do one of them."],
    });
  }
  await session.send(
    {
      method: "POST",
      path: `${session.namespacePath(namespace)}/properties`,
      body: { updates: set, removals: remove },
    },
    { kind: "namespace", name: namespace },
  );
}

export async function dropNamespace(session: Session, namespace: string): Promise<void> {
  await session.send(
    { method: "DELETE", path: session.namespacePath(namespace) },
    { kind: "namespace", name: namespace, conflict: "CATALOG.CONFLICT" },
  );
}
