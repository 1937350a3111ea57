import { FloeError } from "@floe/core";

/** What the file system answered, coded. */
export function storageError(error: unknown, location: string, doing: string): FloeError {
  if (error instanceof FloeError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { why: message, cause: error };
  switch (code) {
    case "ENOENT":
      return new FloeError("STORAGE.NOT_FOUND", `There is no file ${location}.`, {
        next: ["Check the location."],
        cause: error,
      });
    case "EEXIST":
      return new FloeError("STORAGE.EXISTS", `${location} is already there.`, {
        next: ["Choose another location, or ask for overwriting."],
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new FloeError("STORAGE.FORBIDDEN", `${location} may not be ${doing}.`, {
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
    default:
      return new FloeError("STORAGE.FAILED", `${location} couldn't be ${doing}.`, {
        ...options,
        next: ["Check the location: a file can't be where a folder is, nor the reverse."],
      });
  }
}
