/**
 * What a source gives, until the signal aborts: at once then, also where the source never gives another. It
 * throws the signal's reason, and what the source throws as it is. However it ends, the source is told.
 */
export async function* untilAborted<T>(
  source: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  let giveUp: ((reason: unknown) => void) | undefined;
  const abort = (): void => giveUp?.(signal.reason);
  signal.addEventListener("abort", abort);
  const items = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let done = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      // A promise for each item: raced against one of the whole reading, each item would stay in memory with it.
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T, unknown>>();
      giveUp = reject;
      Promise.resolve(items.next()).then(resolve, reject);
      const next = await promise;
      if (next.done === true) {
        done = true;
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not waited for: a source that is stuck would never answer.
    if (!done) void Promise.resolve(items.return?.()).catch(() => {});
  }
}
