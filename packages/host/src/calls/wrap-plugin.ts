import type { PluginIdentity, PluginInterfaces, PluginKind } from "@floe/core";
import type { SecretMask } from "../secrets/mask.ts";
import { callWithDeadline } from "./deadline.ts";
import { limitOf } from "./limits.ts";
import { pluginError } from "./plugin-error.ts";
import type { CallTracer } from "./tracer.ts";

export interface WrapOptions {
  plugin: PluginIdentity;
  mask: SecretMask;
  tracer: CallTracer;
  /** Ends every call: the user's interrupt. */
  signal?: AbortSignal | undefined;
  /** Limits by method in milliseconds, in place of the usual ones. */
  limits?: Readonly<Record<string, number>> | undefined;
}

type Method = (...parameters: unknown[]) => unknown;

/**
 * The plugin as the host uses it: every call has a span, a deadline and coded errors that name the plugin.
 * A plugin writes none of that.
 *
 * A deadline bounds what gives a promise, and a span tells of it. A method that gives a value at once is pure
 * by contract, and JavaScript couldn't interrupt it anyway.
 */
export function wrapPlugin<K extends PluginKind>(
  target: PluginInterfaces[K],
  options: WrapOptions,
): PluginInterfaces[K] {
  const wrapped = new Map<PropertyKey, Method>();
  return new Proxy({} as PluginInterfaces[K], {
    get(_empty, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function" || typeof key !== "string") return member;
      const known = wrapped.get(key);
      if (known !== undefined) return known;
      const method = wrapMethod(key, member as Method, options);
      wrapped.set(key, method);
      return method;
    },
    has: (_empty, key) => Reflect.has(target, key),
  });
}

function wrapMethod(
  name: string,
  method: Method,
  { plugin, mask, tracer, signal, limits }: WrapOptions,
): Method {
  const attributes = {
    "floe.plugin.kind": plugin.kind,
    "floe.plugin.name": plugin.name,
    "floe.plugin.version": plugin.version,
    "floe.plugin.method": name,
  };
  const fail = (error: unknown): never => {
    throw pluginError(error, plugin, name, mask);
  };
  return (...parameters) =>
    tracer.call(`${plugin.kind}.${name}`, attributes, () => {
      try {
        const answer = callWithDeadline(limitOf(name, limits), signal, () => method(...parameters));
        return answer instanceof Promise ? answer.catch(fail) : answer;
      } catch (error) {
        return fail(error);
      }
    });
}
