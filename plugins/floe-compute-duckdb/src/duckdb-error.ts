import { FloeError } from "@floe/core";

/** What DuckDB said when it couldn't open a database, coded. */
export function openError(error: unknown, file: string): FloeError {
  const { message } = error as Error;
  const options = { cause: error };
  const holder = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(message);
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

/** What DuckDB said of a statement, coded. */
export function statementError(error: unknown): FloeError {
  const { message } = error as Error;
  return new FloeError("COMPUTE.FAILED", "DuckDB refused a statement.", {
    why: message.trim(),
    next: ["Check the SQL, and that the tables and columns it names are there."],
    cause: error,
  });
}
