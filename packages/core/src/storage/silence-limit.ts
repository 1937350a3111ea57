/** Small enough to tell a slow connection from a dead one. */
const PIECE = 256 * 1024;

/**
 * How long a server may be silent: the signal aborts when nothing was heard from it for so long, with a
 * `TimeoutError`, or when the outer signal does, with its reason. A transfer may take as long as it takes.
 */
export class SilenceLimit implements Disposable {
  readonly signal: AbortSignal;
  readonly #silent = new AbortController();
  readonly #limitMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param limitMs Milliseconds. */
  constructor(limitMs: number, outer: AbortSignal) {
    this.#limitMs = limitMs;
    this.signal = AbortSignal.any([outer, this.#silent.signal]);
    this.heard();
  }

  /** To be called at every sign of life. */
  heard(): void {
    if (this.#timer !== undefined) {
      this.#timer.refresh();
      return;
    }
    this.#timer = setTimeout(() => {
      const message = `nothing was heard for ${this.#limitMs / 1000} s`;
      this.#silent.abort(new DOMException(message, "TimeoutError"));
    }, this.#limitMs);
  }

  /** What a server is sent, in pieces: one that is asked for says that those before it have left. */
  *sending(parts: readonly Uint8Array[]): Generator<Uint8Array, void> {
    for (const part of parts) {
      for (let start = 0; start < part.length; start += PIECE) {
        this.heard();
        yield part.subarray(start, start + PIECE);
      }
    }
  }

  /** What a server sends. The time that the reader takes doesn't count, and the limit ends with it. */
  async *during<T>(source: AsyncIterable<T>): AsyncGenerator<T, void> {
    try {
      for await (const item of source) {
        this[Symbol.dispose]();
        yield item;
        this.heard();
      }
    } catch (error) {
      throw this.reasonOf(error);
    } finally {
      this[Symbol.dispose]();
    }
  }

  /** The signal's reason where it aborted, for it says more than what a request throws then. */
  reasonOf(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
