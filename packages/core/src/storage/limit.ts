/**
 * Lets at most `limit` calls be under way; the others wait their turn, in order. A server is asked much at a
 * time, and yet no request waits so long for a connection that it counts as timed out.
 */
export function limitTo(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Handed on, so that no one who comes now goes first.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
