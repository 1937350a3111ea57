import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a session is told to have: bytes so far, or the whole object. */
interface Session {
  kept: number;
  /** Ends when the server has dealt with what it was last sent whole. */
  busy: Promise<unknown>;
  /** The answer to the last part. */
  done?: { status: number; headers: IncomingMessage["headers"]; body: Buffer };
}

export interface SessionServer extends AsyncDisposable {
  url: string;
  /** Uploads that were begun and neither completed nor cancelled. */
  unfinished(): number;
}

/**
 * Stands before fake-gcs-server and answers what Cloud Storage answers to `Content-Range: bytes *\/*`: how
 * much of an upload it has. fake-gcs-server takes that question for the end of the upload, and makes an object
 * of the half.
 *
 * @see https://cloud.google.com/storage/docs/performing-resumable-uploads#status-check
 */
export async function startUploadSessions(target: string): Promise<SessionServer> {
  const sessions = new Map<string, Session>();
  const server = createServer((incoming, outgoing) => {
    const id = new URL(incoming.url ?? "/", target).searchParams.get("upload_id");
    const session = id === null ? undefined : sessions.get(id);
    const asks = incoming.method === "PUT" && incoming.headers["content-range"] === "bytes */*";
    if (session !== undefined && asks) {
      return void session.busy.then(() => tell(session, incoming, outgoing));
    }
    const dealtWith = Promise.withResolvers<void>();
    if (session !== undefined) session.busy = dealtWith.promise;
    forward(target, incoming, outgoing, dealtWith.resolve, (answer, body) => {
      const begun = new URL(answer.headers.location ?? "/", target).searchParams.get("upload_id");
      if (begun !== null) sessions.set(begun, { kept: 0, busy: Promise.resolve() });
      if (id === null || session === undefined) return;
      if (incoming.method === "DELETE") sessions.delete(id);
      else if (answer.statusCode === 308) session.kept = 1 + Number(answer.headers.range?.split("-")[1]);
      else if (answer.statusCode === 200) session.done = { status: 200, headers: answer.headers, body };
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unfinished: () => [...sessions.values()].filter(({ done }) => done === undefined).length,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function tell({ kept, done }: Session, incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  if (done === undefined) {
    outgoing.writeHead(308, kept === 0 ? {} : { range: `bytes=0-${kept - 1}` }).end();
  } else {
    outgoing.writeHead(done.status, done.headers).end(done.body);
  }
}

/**
 * What has arrived whole the server deals with, whether or not anyone still waits for the answer.
 *
 * @param ended Called once nothing more can come.
 * @param answered Called with the answer before it is passed on.
 */
function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  ended: () => void,
  answered: (answer: IncomingMessage, body: Buffer) => void,
): void {
  const { method, url = "/", rawHeaders } = incoming;
  const { hostname, port } = new URL(target);
  const onward = request(
    { hostname, port, path: url, method, headers: rawHeaders, setHost: false },
    (answer) => {
      const isDownload = method === "GET";
      const chunks: Buffer[] = [];
      if (isDownload) outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.on("data", (chunk: Buffer) => (isDownload ? outgoing.write(chunk) : chunks.push(chunk)));
      answer.on("end", () => {
        const body = Buffer.concat(chunks);
        answered(answer, body);
        if (!isDownload) outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders).write(body);
        outgoing.end();
      });
    },
  );
  onward.on("error", () => outgoing.destroy());
  onward.on("close", ended);
  incoming.on("close", () => incoming.complete || onward.destroy());
  incoming.pipe(onward);
}
