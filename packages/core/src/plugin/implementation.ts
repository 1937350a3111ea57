import type { Plugin } from "../interfaces/plugin.ts";
import type { PluginInterfaces, PluginKind } from "./kinds.ts";

/** Members that a plugin may leave out; the host then answers with the specification's default. */
type Defaulted = "getCatalogAttachmentSql";

type Identity = "name" | "version" | "floeApiVersion";

/**
 * What a plugin's `create` returns: its kind's interface, without the identity (which the host reads from
 * the package: a version that is written twice is wrong once) and with the defaulted members optional.
 */
export type PluginImplementation<K extends PluginKind> = K extends PluginKind
  ? Omit<PluginInterfaces[K], Identity | Defaulted> &
      Partial<Pick<PluginInterfaces[K], Defaulted & keyof PluginInterfaces[K]>>
  : never;

/** The specification's defaults, by kind. The host puts them below what the plugin implements. */
export const INTERFACE_DEFAULTS: { readonly [K in PluginKind]?: Partial<PluginInterfaces[K]> } = {
  compute: { getCatalogAttachmentSql: () => null },
};

/**
 * A whole plugin from its parts: identity, the specification's defaults, and the implementation. Members
 * are looked up on the implementation each time, so class instances, private fields and getters work.
 */
export function completePlugin<K extends PluginKind>(
  kind: K,
  identity: Pick<Plugin, Identity>,
  implementation: PluginImplementation<K>,
): PluginInterfaces[K] {
  const own: object = implementation;
  const defaults: object = INTERFACE_DEFAULTS[kind] ?? {};
  const layers = [identity, own, defaults];
  // The proxy's target is empty because a frozen implementation would forbid handing out bound methods.
  return new Proxy({} as PluginInterfaces[K], {
    get(_target, key) {
      const layer = layers.find((candidate) => Reflect.get(candidate, key) !== undefined);
      const member: unknown = layer === undefined ? undefined : Reflect.get(layer, key);
      return typeof member === "function" && layer === own ? member.bind(own) : member;
    },
    has: (_target, key) => layers.some((layer) => Reflect.has(layer, key)),
  });
}
