import { connectionError } from "@floe/core";

/**
 * A response's body. What ends half-way is no answer.
 *
 * @throws FloeError `CONNECTION.TIMEOUT`, `CONNECTION.FAILED`; what the caller's signal was aborted with.
 */
export async function readText(response: Response, url: string | URL): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw connectionError(error, new URL(url).host);
  }
}
