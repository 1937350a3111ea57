/** Shorter than this, a value is likelier to be an ordinary word than to be recognised as a secret. */
const SHORTEST = 4;
const MASK = "********";

/**
 * Replaces every secret that was given out, wherever text leaves the process. Also in the encodings in
 * which tools repeat them: JSON strings, URLs and Base64.
 */
export class SecretMask {
  readonly #values = new Set<string>();
  #ordered: readonly string[] = [];

  /** From now on `value` is masked. One of fewer than four characters can't be, and isn't. */
  add(value: string): void {
    if (value.length < SHORTEST) return;
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value).toString("base64"),
    ]) {
      this.#values.add(form);
    }
    // Longest first, so that a secret that contains another is masked whole.
    this.#ordered = [...this.#values].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#ordered.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }

  /** A copy of JSON-shaped data with every string masked, keys included. */
  data(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.data(item));
    if (value instanceof Error) return this.text(value.message);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.data(item)]));
  }
}
