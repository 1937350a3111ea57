import { randomBytes } from "node:crypto";

/** Below this length a value occurs by chance. */
const SHORTEST = 8;

/** Secrets that the kit gave out, to be found again wherever they shouldn't be. */
export class Canaries {
  readonly #given: Readonly<Record<string, string>>;
  readonly #byVariable = new Map<string, string>();
  readonly #spellings = new Set<string>();

  /** @param given Real values by environment variable; the others are made up. */
  constructor(given: Readonly<Record<string, string>> = {}) {
    this.#given = given;
  }

  /** The value of a secret, the same each time. */
  valueOf(variable: string): string {
    const known = this.#byVariable.get(variable);
    if (known !== undefined) return known;
    const value = this.#given[variable] ?? `canary-${randomBytes(12).toString("hex")}`;
    this.#byVariable.set(variable, value);
    if (value.length >= SHORTEST) {
      this.#spellings.add(value);
      this.#spellings.add(encodeURIComponent(value));
      this.#spellings.add(JSON.stringify(value).slice(1, -1));
      this.#spellings.add(Buffer.from(value).toString("base64"));
      this.#spellings.add(Buffer.from(value).toString("hex"));
    }
    return value;
  }

  /** Whether a text holds a secret, as it is or encoded. */
  isIn(text: string): boolean {
    for (const spelling of this.#spellings) if (text.includes(spelling)) return true;
    return false;
  }

  /**
   * Where in a value a secret stands: `exporters.otlp.headers.auth`; empty where the value itself is one;
   * undefined where there is none. Bytes aren't looked into: they are a user's data.
   */
  findIn(value: unknown): string | undefined {
    if (this.#spellings.size === 0) return undefined;
    return this.#search(value, "", new Set());
  }

  #search(value: unknown, path: string, seen: Set<object>): string | undefined {
    if (typeof value === "string") return this.isIn(value) ? path : undefined;
    if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value))
      return undefined;
    seen.add(value);
    if (value instanceof Map || value instanceof Set) return this.#search([...value], path, seen);
    // An error's own text isn't enumerable.
    const entries: [string, unknown][] = Object.entries(value);
    if (value instanceof Error) {
      entries.push(["message", value.message], ["stack", value.stack], ["cause", value.cause]);
      if ("toJSON" in value && typeof value.toJSON === "function") entries.push(["toJSON()", value.toJSON()]);
    }
    for (const [key, inner] of entries) {
      const at = path === "" ? key : `${path}.${key}`;
      if (this.isIn(key)) return at;
      const found = this.#search(inner, at, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
