import http, { type ClientRequestArgs } from "node:http";
import https from "node:https";
import type { OnReadOpts } from "node:net";
import { Duplex } from "node:stream";

/** What a socket reads at a time: a response's body comes in few pieces. */
const READ = 256 * 1024;
/** When what is emitted on a socket isn't listened to. */
const UNHEARD_MS = 1000;
const OPTIONS = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };

/** How requests are sent, over plain HTTP and over TLS. */
export interface Agents {
  http: http.Agent;
  https: https.Agent;
  /** Closes connections that are open. */
  destroy(): void;
}

/**
 * Agents that keep connections, as many as there are requests at a time. Each connection reads into memory of
 * its own, again and again: Node would get new memory for each 64 KiB, and the most of a download's time goes
 * into freeing that.
 *
 * @param ca Authorities in place of those that Node knows.
 */
export async function createAgents({ ca }: { ca?: string[] | undefined } = {}): Promise<Agents> {
  const reuses = await parserCopies();
  const options = { ...OPTIONS, ...(ca === undefined ? {} : { ca }) };
  const plain = reuses ? new ReusingAgent(OPTIONS) : new http.Agent(OPTIONS);
  const secure = reuses ? new ReusingTlsAgent(options) : new https.Agent(options);
  return {
    http: plain,
    https: secure,
    destroy() {
      plain.destroy();
      secure.destroy();
    },
  };
}

type Connected = Duplex | null | undefined;
type Callback = (error: Error | null, stream: Duplex) => void;

class ReusingAgent extends http.Agent {
  override createConnection(options: ClientRequestArgs, callback?: Callback): Connected {
    return reusing((onread) => super.createConnection({ ...options, ...onread }, callback));
  }
}

class ReusingTlsAgent extends https.Agent {
  override createConnection(options: https.RequestOptions, callback?: Callback): Connected {
    return reusing((onread) => super.createConnection({ ...options, ...onread }, callback));
  }
}

/** @see https://nodejs.org/api/net.html#new-netsocketoptions `onread` */
function reusing(connect: (options: { onread: OnReadOpts }) => Connected): Connected {
  const socket = connect({
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ),
      callback(count, memory) {
        // Node's client of HTTP listens for it.
        socket?.emit("data", memory.subarray(0, count));
        return true;
      },
    },
  });
  return socket;
}

let copies: Promise<boolean> | undefined;

/**
 * Whether Node's HTTP listens to what is emitted on a socket, and gives bodies out as copies of it, as versions of
 * today do. If one didn't copy, memory that is used again would change a body that waits for its reader.
 */
async function parserCopies(): Promise<boolean> {
  copies ??= new Promise((resolve) => {
    const { buffer } = new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1");
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const request = http.get({ createConnection: () => socket }, (response) => {
      response.once("data", (body: Buffer) => {
        resolve(body.buffer !== buffer);
        request.destroy();
      });
    });
    request.on("error", () => resolve(false));
    setTimeout(() => {
      resolve(false);
      request.destroy();
    }, UNHEARD_MS).unref();
    setImmediate(() => socket.emit("data", Buffer.from(buffer)));
  });
  return copies;
}
