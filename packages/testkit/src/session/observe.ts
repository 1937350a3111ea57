import type { Evidence } from "./evidence.ts";

type Method = (...parameters: unknown[]) => unknown;

/** Observed objects, to hand the plugin its own back where one is a parameter. */
const ORIGINALS = new WeakMap<object, object>();

/**
 * A stand-in that behaves as the object does and keeps what its methods give and throw, those of the
 * objects that they return included.
 *
 * @param name How calls are named in messages: `getFileIO()` makes `getFileIO().newInput()`.
 */
export function observe<T extends object>(target: T, evidence: Evidence, name = ""): T {
  const stand = new Proxy({} as T, {
    get(_empty, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      if (typeof key === "symbol") return member.bind(target);
      const call = name === "" ? `${key}()` : `${name}.${key}()`;
      return (...parameters: unknown[]) =>
        follow(call, evidence, () => (member as Method).apply(target, parameters.map(original)));
    },
    has: (_empty, key) => Reflect.has(target, key),
  });
  ORIGINALS.set(stand, target);
  return stand;
}

function original(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (ORIGINALS.get(value) ?? value) : value;
}

function follow(call: string, evidence: Evidence, run: () => unknown): unknown {
  try {
    const answer = run();
    if (!isPromise(answer)) return look(call, answer, evidence);
    evidence.pending.add(call);
    return answer
      .then(
        (value) => look(call, value, evidence),
        (error: unknown) => {
          evidence.sawError(call, error);
          throw error;
        },
      )
      .finally(() => evidence.pending.delete(call));
  } catch (error) {
    evidence.sawError(call, error);
    throw error;
  }
}

function look(call: string, value: unknown, evidence: Evidence): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) {
    evidence.sawValue(`what ${call} returned`, value);
    return value;
  }
  if (Symbol.asyncIterator in value) return observeIterable(value as AsyncIterable<unknown>, evidence, call);
  evidence.sawValue(`what ${call} returned`, value);
  return hasMethods(value) ? observe(value, evidence, call) : value;
}

function observeIterable(
  source: AsyncIterable<unknown>,
  evidence: Evidence,
  call: string,
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return {
        next: () => follow(call, evidence, () => iterator.next()) as Promise<IteratorResult<unknown>>,
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise || typeof (value as { then?: unknown } | null)?.then === "function";
}

const BUILT_IN = [Array, Date, Error, Map, Set];

function hasMethods(value: object): boolean {
  if (BUILT_IN.some((type) => value instanceof type)) return false;
  for (
    let layer = value;
    layer !== Object.prototype && layer !== null;
    layer = Object.getPrototypeOf(layer)
  ) {
    for (const [key, { value: member }] of Object.entries(Object.getOwnPropertyDescriptors(layer))) {
      if (typeof member === "function" && key !== "constructor") return true;
    }
  }
  return false;
}
