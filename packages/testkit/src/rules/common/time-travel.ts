const MONTH_MS = 31 * 24 * 3600 * 1000;

/** Runs a synchronous call with the clock put forward, so that an answer with the time in it shows. */
export function inAnotherMonth<T>(call: () => T): T {
  const Usual = globalThis.Date;
  globalThis.Date = new Proxy(Usual, {
    construct: (target, parameters, newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [Usual.now() + MONTH_MS] : parameters, newTarget),
    apply: () => new Usual(Usual.now() + MONTH_MS).toString(),
    get: (target, key) => (key === "now" ? () => Usual.now() + MONTH_MS : Reflect.get(target, key)),
  });
  try {
    return call();
  } finally {
    globalThis.Date = Usual;
  }
}
