import { homedir, platform } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** floe's folder in the user's cache, absolute: FLOE_CACHE_DIR, else where the system keeps caches. */
export function cacheRoot(env: Environment): string {
  if (env.FLOE_CACHE_DIR) return resolve(env.FLOE_CACHE_DIR);
  const home = env.HOME || homedir();
  if (platform() === "darwin") return join(home, "Library", "Caches", "floe");
  if (platform() === "win32")
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "floe", "Cache");
  // A relative path there is to be ignored, by the XDG Base Directory Specification.
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".cache"), "floe");
}
