/**
 * How long a server may be silent: the signal aborts when nothing was heard from it for so long, with a
 * `TimeoutError`, or when the outer signal does, with its reason. A transfer may take as long as it takes.
 */
export class SilenceLimit implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;

  /** @param limitMs Milliseconds. */
  constructor(limitMs: number, outer: AbortSignal) {
    const silent = new AbortController();
    this.signal = AbortSignal.any([outer, silent.signal]);
    this.#timer = setTimeout(() => {
      silent.abort(new DOMException(`nothing was heard for ${limitMs / 1000} s`, "TimeoutError"));
    }, limitMs);
  }

  /** To be called at every sign of life. */
  heard(): void {
    this.#timer.refresh();
  }

  /** The signal's reason where it aborted, for it says more than what a request throws then. */
  reasonOf(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
