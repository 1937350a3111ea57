import { isFloeError } from "../errors/floe-error.ts";

/** Whether a file is there, where asking for its length tells. @throws what `length` throws but `STORAGE.NOT_FOUND`. */
export async function existsByLength(length: () => Promise<number>): Promise<boolean> {
  try {
    await length();
    return true;
  } catch (error) {
    if (isFloeError(error) && error.code === "STORAGE.NOT_FOUND") return false;
    throw error;
  }
}
