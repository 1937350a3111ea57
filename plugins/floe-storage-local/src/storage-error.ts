import { FloeError } from "@floe/core";
import { alreadyThere, forbidden, notFound } from "@floe/core/storage";

/** Codes with which a file system says that no file is at a path: nothing, a folder, or a file above it. */
const NO_FILE = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

/** Whether the path can't hold a file now. A name that is too long never can. */
export function isNoFile(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return NO_FILE.has(code) || code === "ENAMETOOLONG";
}

/** What the file system answered to reading or deleting, coded. */
export function storageError(error: unknown, location: string, doing: string): FloeError {
  if (error instanceof FloeError) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  return NO_FILE.has(code) ? notFound(location, error) : diskError(error, location, doing);
}

/** What it answered to writing, coded. Only `STORAGE.EXISTS` says that a file exists. */
export function writeError(error: unknown, location: string): FloeError {
  if (error instanceof FloeError) return error;
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (code === "EEXIST" && syscall === "link") return alreadyThere(location, error);
  if (syscall === "link" && NO_LINKS.has(code)) {
    return new FloeError("STORAGE.FAILED", `${location} can't be made so that only one writer wins.`, {
      why: `The file system has no hard links (${code}).`,
      next: ["Move the warehouse to another file system: plugins.storage.config.path in manifest.yaml."],
      cause: error,
    });
  }
  if (NO_FILE.has(code) || code === "EEXIST") {
    return new FloeError("STORAGE.FAILED", `${location} couldn't be written.`, {
      why: `A file can't be where a folder is, nor a folder where a file is (${code}).`,
      next: ["Choose another location."],
      cause: error,
    });
  }
  return diskError(error, location, "written");
}

/** What FAT and some network file systems answer to link(2). */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

function diskError(error: unknown, location: string, doing: string): FloeError {
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { why: message, cause: error };
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return forbidden(location, doing, {
        ...options,
        next: ["Check the permissions of the file and its folder."],
      });
    case "ENOSPC":
    case "EDQUOT":
      return new FloeError("STORAGE.FAILED", `The disk is full: ${location} couldn't be ${doing}.`, {
        ...options,
        next: ["Free some space, or move the warehouse to another disk."],
      });
    case "ENAMETOOLONG":
      return new FloeError("STORAGE.FAILED", "The name is too long for this file system.", {
        ...options,
        next: ["Shorten each part between slashes to 255 bytes."],
      });
    case "EMFILE":
    case "ENFILE":
      return new FloeError("STORAGE.FAILED", `Too many files are open: ${location} couldn't be ${doing}.`, {
        ...options,
        next: ["Allow more open files: ulimit -n 65536"],
      });
    default:
      return new FloeError("STORAGE.FAILED", `${location} couldn't be ${doing}.`, {
        ...options,
        next: ["Check the disk and the folder of the warehouse."],
      });
  }
}
