import { type ErrorCode, FloeError } from "@floe/core";

/** What DuckDB said when it couldn't open a database, coded. */
export function openError(error: unknown, file: string): FloeError {
  const { message } = error as Error;
  const options = { cause: error };
  if (/different configuration than existing connections/i.test(message)) {
    return new FloeError("COMPUTE.LOCKED", `${file} is in use by floe itself.`, {
      why: "One process can't have a file open for reading and for writing at once.",
      next: ["Close the other connection first."],
      ...options,
    });
  }
  const holder =
    /held in (.+?) \(PID (\d+)\)/i.exec(message) ?? /open in\s+(.+?) \(PID (\d+)\)/i.exec(message);
  if (holder !== null || /could not set lock/i.test(message)) {
    const [, program = "another program", pid] = holder ?? [];
    return new FloeError("COMPUTE.LOCKED", `${file} is in use by another process.`, {
      why: `DuckDB allows one writer${pid === undefined ? "." : `; process ${pid} (${program}) holds it.`}`,
      next: [
        pid === undefined
          ? "End the other process."
          : `Wait for process ${pid} to end, or end it: kill ${pid}`,
      ],
      ...options,
    });
  }
  if (/options were not recognized|failed to set config/i.test(message)) {
    return setUpError(error, "take the settings about extensions", "settings");
  }
  if (/with version number \d+, but we can only read/i.test(message)) {
    return new FloeError("CONNECTION.FAILED", `${file} was written by another version of DuckDB.`, {
      why: firstParagraph(message),
      next: ["Export it with the DuckDB that wrote it (EXPORT DATABASE) and import it with 1.5.5."],
      ...options,
    });
  }
  if (/not a valid DuckDB database file|corrupt|checksum/i.test(message)) {
    return new FloeError("CONNECTION.FAILED", `${file} isn't a DuckDB database, or is damaged.`, {
      why: message,
      next: ["Restore the file from a backup, or move it away and run the product again."],
      ...options,
    });
  }
  if (/No such file or directory|does not exist/i.test(message)) {
    return new FloeError("CONNECTION.FAILED", `There is no database ${file}.`, {
      next: ["Run the product first, or correct plugins.compute.config.path."],
      ...options,
    });
  }
  return new FloeError("CONNECTION.FAILED", `${file} can't be opened.`, {
    why: message,
    next: ["Check plugins.compute.config in manifest.yaml, and the file's permissions."],
    ...options,
  });
}

/** What DuckDB said to a part of the configuration once the database was open, coded. */
export function setUpError(error: unknown, what: string, key: string): FloeError {
  const message = firstParagraph((error as Error).message);
  const offline = /failed to download extension/i.test(message);
  return new FloeError("CONNECTION.FAILED", `DuckDB couldn't ${what}.`, {
    why: message,
    next: [
      ...(offline
        ? ["Install the extension where there is a network: it stays in ~/.duckdb/extensions."]
        : []),
      `Check plugins.compute.config.${key} in manifest.yaml.`,
    ],
    cause: error,
  });
}

const SERVER_FAULTS: readonly (readonly [pattern: RegExp, code: ErrorCode, next: string])[] = [
  [/\b(401|403)\b|unauthori[sz]ed|forbidden/i, "CONNECTION.UNAUTHORIZED", "Check the catalog's credential."],
  [/timeout|timed out/i, "CONNECTION.TIMEOUT", "Check whether the catalog is up."],
  [/resolve host/i, "CONNECTION.UNREACHABLE", "Check the catalog's address."],
  [/could not connect/i, "CONNECTION.REFUSED", "Check whether the catalog is up, and its address."],
];

/** What DuckDB said when it couldn't attach a catalog, coded. */
export function catalogError(error: unknown, catalog: string, uri: string): FloeError {
  // Below the first paragraph a parser error quotes the statement, and with it the secret.
  const why = firstParagraph((error as Error).message);
  const [, code, next] = SERVER_FAULTS.find(([pattern]) => pattern.test(why)) ?? [];
  return new FloeError(code ?? "CONNECTION.FAILED", `DuckDB can't attach the catalog ${catalog} at ${uri}.`, {
    why,
    next: [next ?? "Check the catalog's settings, and plugins.compute.config.catalog_options."],
  });
}

/** The catalog's refusal of a commit because another writer's came first, as DuckDB passes it on. */
const CONFLICT = /\bConflict_409\b|CommitFailedException|\bconflict(s|ing)? on (update|delete|commit)\b/i;

/** What the failure of a dbt node is, where DuckDB's words say more than that a statement failed. */
export function failureCode(message: string): ErrorCode | undefined {
  return CONFLICT.test(message) ? "CATALOG.CONFLICT" : undefined;
}

/** What DuckDB said of a statement, coded. */
export function statementError(error: unknown): FloeError {
  const { message } = error as Error;
  return new FloeError("COMPUTE.FAILED", "DuckDB refused a statement.", {
    why: message.trim(),
    next: ["Check the SQL, and that the tables and columns it names are there."],
    cause: error,
  });
}

function firstParagraph(message: string): string {
  return message.trim().split(/\n\s*\n/, 1)[0] ?? "";
}
