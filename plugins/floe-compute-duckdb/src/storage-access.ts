import type { DuckDBConnection } from "@duckdb/node-api";
import type { JsonObject, JsonValue, SecretReference } from "@floe/core";
import { setUpError } from "./duckdb-error.ts";
import { loadExtension } from "./load-extension.ts";
import { filled } from "./placeholders.ts";
import { identifier, literal } from "./sql-text.ts";

/** What DuckDB takes as a word, not as a text. */
const WORDS = new Set(["type", "provider"]);

/**
 * Gives a connection the way to the store, as dbt-duckdb gives it to its own from the same profile: so that
 * what dbt's models left there can be checked, and sources there can be looked at.
 *
 * @throws FloeError `CONNECTION.FAILED`, `SECRET.*`.
 */
export async function reachStorage(
  connection: DuckDBConnection,
  { extensions, secrets, settings }: JsonObject,
  resolve: (reference: SecretReference) => Promise<string>,
): Promise<void> {
  for (const extension of listOf(extensions)) await loadExtension(connection, String(extension));
  for (const [name, value] of Object.entries((settings ?? {}) as JsonObject)) {
    await connection.run(`SET ${name} = ${literal(String(value))}`).catch((error: unknown) => {
      throw setUpError(error, `set ${name} for the store`, "settings");
    });
  }
  for (const secret of listOf(secrets)) {
    const { name, ...parameters } = secret as JsonObject;
    const parts: string[] = [];
    for (const [key, value] of Object.entries(parameters)) {
      const text = await filled(String(value), resolve);
      parts.push(`${key.toUpperCase()} ${WORDS.has(key) ? text : literal(text)}`);
    }
    const statement = `CREATE OR REPLACE SECRET ${identifier(String(name))} (${parts.join(", ")})`;
    await connection.run(statement).catch((error: unknown) => {
      // The statement that DuckDB may quote has the key in it.
      const [first = ""] = (error as Error).message.split("\n", 1);
      throw setUpError(new Error(first), "take the store's credential", "settings");
    });
  }
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
