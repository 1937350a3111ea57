/** An open response to a request for a file's bytes. */
export interface OpenedBody {
  chunks: AsyncIterable<Uint8Array>;
  /** Bytes that it promises, where it says so. */
  length?: number | undefined;
  /** What identifies this state of the file: an entity tag, a generation. */
  version: string;
}

/** Without a byte in between: a server that breaks off each time isn't going to end. */
const BREAKS = 4;

/**
 * A file's bytes, opened anew at the place where a connection broke.
 *
 * @param open Opens it `position` bytes after where the first one began, in the given version only.
 * @param mayResume Whether opening it anew can mend what was thrown.
 */
export async function* resumed(
  open: (position: number, version: string | undefined) => Promise<OpenedBody>,
  mayResume: (error: unknown) => boolean,
): AsyncGenerator<Uint8Array, void> {
  let position = 0;
  let version: string | undefined;
  for (let breaks = 0; ; ) {
    const body = await open(position, version);
    version = body.version;
    const end = body.length === undefined ? undefined : position + body.length;
    try {
      for await (const chunk of body.chunks) {
        if (chunk.length === 0) continue;
        position += chunk.length;
        breaks = 0;
        yield chunk;
      }
      if (end === undefined || position >= end) return;
      throw brokenOff();
    } catch (error) {
      breaks += 1;
      if (breaks >= BREAKS || !mayResume(error)) throw error;
    }
  }
}

function brokenOff(): Error {
  return Object.assign(new Error("the connection broke before the end of the file"), { code: "ECONNRESET" });
}
