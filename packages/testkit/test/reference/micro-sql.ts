import { FloeError, type QueryResult, type SqlValue } from "@floe/core";

/** What a database in memory holds: rows by table. */
export type Tables = Map<string, SqlValue[][]>;

const TOKEN = /\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(\d+(?:\.\d+)?)|(\w+)|(\S))/gy;

type Token = { type: "text" | "name" | "number" | "word" | "sign"; text: string };

/** Just enough of SQL for the standard tests, so that a correct engine needs nothing installed. */
export function execute(
  tables: Tables,
  sql: string,
  parameters: readonly SqlValue[],
  readOnly: boolean,
): QueryResult {
  const run = new Statement(tables, tokenize(sql), [...parameters]);
  if (run.takes("SELECT")) return run.select();
  if (readOnly) throw failed("The database was opened to read only.");
  return run.change();
}

function tokenize(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)].map(([, text, name, number, word, sign]): Token => {
    if (text !== undefined) return { type: "text", text: text.replaceAll("''", "'") };
    if (name !== undefined) return { type: "name", text: name.replaceAll('""', '"') };
    if (number !== undefined) return { type: "number", text: number };
    return word === undefined ? { type: "sign", text: sign ?? "" } : { type: "word", text: word };
  });
}

class Statement {
  readonly #tables: Tables;
  readonly #tokens: Token[];
  readonly #parameters: SqlValue[];

  constructor(tables: Tables, tokens: Token[], parameters: SqlValue[]) {
    this.#tables = tables;
    this.#tokens = tokens;
    this.#parameters = parameters;
  }

  /** Consumes a word or sign if it is next. */
  takes(...words: string[]): boolean {
    const next = words.every((word, index) => {
      const token = this.#tokens[index];
      return token?.text.toUpperCase() === word && (token.type === "word" || token.type === "sign");
    });
    if (next) this.#tokens.splice(0, words.length);
    return next;
  }

  select(): QueryResult {
    const { columns, rows } = this.#oneSelect();
    while (this.takes("UNION", "ALL", "SELECT")) rows.push(...this.#oneSelect().rows);
    if (this.takes("ORDER", "BY")) this.#next();
    return { columns, rows };
  }

  change(): QueryResult {
    if (this.takes("CREATE", "TABLE")) this.#tables.set(this.#next().text, []);
    else if (this.takes("INSERT", "INTO")) {
      const rows = this.#table(this.#next().text);
      this.#expect("VALUES");
      this.#expect("(");
      rows.push([this.#value()]);
    } else if (this.takes("DROP", "TABLE")) this.#tables.delete(this.#next().text);
    else throw failed(`syntax error at or near "${this.#tokens[0]?.text}"`);
    return { columns: [], rows: [] };
  }

  #oneSelect(): { columns: { name: string; type: string }[]; rows: SqlValue[][] } {
    const columns: { name: string; type: string }[] = [];
    const row: SqlValue[] = [];
    let counted = -1;
    do {
      if (this.takes("COUNT", "(", "*", ")")) counted = row.push(0) - 1;
      else row.push(this.takes("*") ? null : this.#value());
      columns.push({ name: this.takes("AS") ? this.#next().text : "column", type: "ANY" });
    } while (this.takes(","));
    if (this.takes("FROM")) {
      const rows = this.#table(this.#next().text);
      if (counted >= 0) row[counted] = rows.length;
    }
    const kept = !this.takes("WHERE") || this.#value() === true;
    return { columns, rows: kept ? [row] : [] };
  }

  #value(): SqlValue {
    const left = this.#primary();
    return this.takes("=") ? left === this.#primary() : left;
  }

  #primary(): SqlValue {
    if (this.takes("NULL")) return null;
    if (this.takes("?")) return this.#parameters.shift() ?? null;
    if (this.takes("CAST", "(")) {
      const literal = this.#tokens[0]?.type === "number" ? this.#next().text : this.#primary();
      this.#expect("AS");
      const type = this.#next().text;
      while (this.takes("(") || this.takes(",") || this.#tokens[0]?.type === "number") {
        if (this.#tokens[0]?.type === "number") this.#next();
      }
      while (this.takes(")"));
      return cast(literal, type);
    }
    const { type, text } = this.#next();
    if (type === "number") return Number(text);
    if (type === "text") return text;
    throw failed(`syntax error at or near "${text}"`);
  }

  #table(name: string): SqlValue[][] {
    const rows = this.#tables.get(name);
    if (rows === undefined) throw failed(`Table with name ${name} does not exist!`);
    return rows;
  }

  #next(): Token {
    const token = this.#tokens.shift();
    if (token === undefined) throw failed("syntax error at end of input");
    return token;
  }

  #expect(word: string): void {
    if (!this.takes(word)) throw failed(`syntax error: expected ${word}`);
  }
}

function cast(value: SqlValue, type: string): SqlValue {
  if (value === null) return null;
  if (type === "INTEGER" || type === "DOUBLE") return Number(value);
  if (type === "BIGINT") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return String(value);
}

function failed(message: string): FloeError {
  return new FloeError("COMPUTE.FAILED", message, { next: ["Correct the statement."] });
}
