/**
 * The version of the plugin contract: the ten interfaces, the context, and the `floe` field.
 *
 * A minor grows it (a new optional member, a new thing lent by the context); a major changes or removes
 * something a plugin relies on. It moves on its own, apart from this package's version.
 */
export const API_VERSION = "1.0";

/** Why a plugin's API version doesn't fit, for a message that names the fix. */
export type ApiCompatibility =
  | { compatible: true }
  | { compatible: false; reason: "malformed" | "older-major" | "newer-major" | "newer-minor" };

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?$/;

/**
 * Whether a plugin made for `pluginVersion` runs on a host that offers `hostVersion`: same major, and the
 * plugin's minor at most the host's. `X.Y` and `X.Y.Z` are read; a patch is ignored.
 */
export function checkApiVersion(pluginVersion: string, hostVersion: string = API_VERSION): ApiCompatibility {
  const plugin = VERSION.exec(pluginVersion);
  const host = VERSION.exec(hostVersion);
  if (plugin === null || host === null) return { compatible: false, reason: "malformed" };
  const [pluginMajor, pluginMinor] = [Number(plugin[1]), Number(plugin[2])];
  const [hostMajor, hostMinor] = [Number(host[1]), Number(host[2])];
  if (pluginMajor < hostMajor) return { compatible: false, reason: "older-major" };
  if (pluginMajor > hostMajor) return { compatible: false, reason: "newer-major" };
  if (pluginMinor > hostMinor) return { compatible: false, reason: "newer-minor" };
  return { compatible: true };
}
