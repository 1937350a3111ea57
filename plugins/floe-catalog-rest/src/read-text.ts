import { FloeError } from "@floe/core";

/**
 * A response's body. What ends half-way is no answer.
 *
 * @throws FloeError `CONNECTION.TIMEOUT`, `CONNECTION.FAILED`.
 */
export async function readText(response: Response, url: string | URL): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    const { host } = new URL(url);
    const { name, message, cause } = error as Error;
    const next = ["Try again. If it stays so, look at the server's log, and at proxies between."];
    if (name === "TimeoutError") {
      throw new FloeError("CONNECTION.TIMEOUT", `${host} began to answer and didn't end in time.`, {
        next,
        cause: error,
      });
    }
    if (name === "AbortError") throw error;
    throw new FloeError("CONNECTION.FAILED", `The connection to ${host} was cut within an answer.`, {
      why: cause instanceof Error ? cause.message : message,
      next,
      cause: error,
    });
  }
}
