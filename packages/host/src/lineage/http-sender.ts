import type { Send } from "./delivery.ts";

export interface HttpSenderOptions {
  url: string;
  timeoutMs: number;
  headers?: () => Promise<Readonly<Record<string, string>>>;
}

/** Answers that a repetition can change: the rest of 4xx says that the line itself is wrong. */
const PASSING = new Set([401, 403, 404, 408, 425, 429]);

/** Sends each line as a JSON body. Throws where another attempt may succeed. */
export function httpSender({ url, timeoutMs, headers = async () => ({}) }: HttpSenderOptions): Send {
  return async (line, signal) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...(await headers()) },
      body: line,
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    // Read to its end, or the connection can't be used again.
    await response.arrayBuffer();
    if (response.ok) return "delivered";
    if (response.status >= 400 && response.status < 500 && !PASSING.has(response.status)) return "refused";
    throw new Error(`${new URL(url).host} answered ${response.status}.`);
  };
}
