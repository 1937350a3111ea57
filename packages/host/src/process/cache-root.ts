import { homedir, platform } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** floe's folder in the user's cache: FLOE_CACHE_DIR, else where the system keeps caches. */
export function cacheRoot(env: Environment): string {
  if (env.FLOE_CACHE_DIR) return env.FLOE_CACHE_DIR;
  const home = env.HOME ?? homedir();
  if (platform() === "darwin") return join(home, "Library", "Caches", "floe");
  if (platform() === "win32")
    return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "floe", "Cache");
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "floe");
}
