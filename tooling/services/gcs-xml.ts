import { randomUUID } from "node:crypto";
import type { RunningFakeGcs } from "./fake-gcs-server.ts";
import { bytesOf, type Front, forward, startFront } from "./front.ts";

/**
 * The writes of Cloud Storage's XML API, by which DuckDB makes every file, in front of a fake-gcs-server, whose own
 * has none: whole objects, and multipart uploads, whose parts wait here until they are put together. Everything else
 * goes on as it came. As the server behind it, this looks at no signature.
 *
 * @see https://cloud.google.com/storage/docs/xml-api/overview
 */
export async function startGcsXml(gcs: RunningFakeGcs): Promise<Front> {
  const uploads = new Map<string, Map<number, Uint8Array<ArrayBuffer>>>();

  async function store(path: string, content: Blob): Promise<boolean> {
    const [, bucket = "", ...key] = path.split("/");
    const name = encodeURIComponent(decodeURIComponent(key.join("/")));
    const url = `${gcs.url}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${name}`;
    return (await fetch(url, { method: "POST", body: content })).ok;
  }

  return startFront(async (request, response) => {
    const { method } = request;
    const url = new URL(request.url ?? "", gcs.url);
    if (/^\/(storage|upload|download|batch)\//.test(url.pathname)) return forward(request, response, { url });
    const answer = (status: number, body = "", headers: Record<string, string> = {}): void =>
      void response.writeHead(status, headers).end(body);
    const id = url.searchParams.get("uploadId");

    if (method === "POST" && url.searchParams.has("uploads")) {
      request.resume();
      const upload = randomUUID();
      uploads.set(upload, new Map());
      return answer(200, xml("InitiateMultipartUploadResult", `<UploadId>${upload}</UploadId>`));
    }
    if (id === null) {
      if (method !== "PUT") return forward(request, response, { url });
      const stored = await store(url.pathname, new Blob([await bytesOf(request)]));
      return answer(stored ? 200 : 404, "", { etag: `"${randomUUID()}"` });
    }

    const parts = uploads.get(id);
    if (parts === undefined) return answer(404, xml("Error", "<Code>NoSuchUpload</Code>"));
    if (method === "PUT") {
      const number = Number(url.searchParams.get("partNumber"));
      parts.set(number, await bytesOf(request));
      return answer(200, "", { etag: `"${id}-${number}"` });
    }
    uploads.delete(id);
    if (method !== "POST") return answer(204);
    const list = Buffer.from(await bytesOf(request)).toString("utf8");
    const wanted = [...list.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)];
    const found = wanted.map(([, number]) => parts.get(Number(number)) ?? []);
    if (found.length === 0 || found.some(Array.isArray))
      return answer(400, xml("Error", "<Code>InvalidPart</Code>"));
    const stored = await store(url.pathname, new Blob(found as Uint8Array<ArrayBuffer>[]));
    return stored
      ? answer(200, xml("CompleteMultipartUploadResult", `<ETag>"${id}"</ETag>`))
      : answer(404, xml("Error", "<Code>NoSuchBucket</Code>"));
  });
}

const xml = (name: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><${name}>${content}</${name}>`;
