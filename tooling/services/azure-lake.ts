import type { RunningAzurite } from "./azurite.ts";
import { type Front, forward, startFront } from "./front.ts";

/** Parameters of Azure's Data Lake API; every other is a shared access signature's, or the Blob API's. */
const OWN = ["resource", "action", "position", "close", "flush", "retainUncommittedData"];

/**
 * The part of Azure's Data Lake API that writes files, in front of an Azurite, which has none: creating, appending
 * and flushing become the blocks of a blob, a folder becomes an empty one, and whatever isn't of that API goes on as it came. Who may do what is
 * Azurite's to say: it is asked with the caller's shared access signature. A signature by the account's key holds
 * for one request alone, so it is good for reading only.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path
 */
export async function startAzureLake(azurite: RunningAzurite): Promise<Front & { endpoint: string }> {
  const files = new Map<string, { length: number; blocks: string[] }>();
  const front = await startFront(async (request, response) => {
    const url = new URL(request.url ?? "", azurite.url);
    const { resource, action, position } = Object.fromEntries(url.searchParams);
    if (resource === undefined && action === undefined) return forward(request, response, { url });
    for (const name of OWN) url.searchParams.delete(name);
    const refuse = (status: number, code: string): void => {
      request.resume();
      response.writeHead(status, { "x-ms-error-code": code }).end();
    };

    if (request.method === "PUT" && resource === "directory") {
      // As Azure itself shows a folder to the Blob API.
      const headers = { "x-ms-blob-type": "BlockBlob", "x-ms-meta-hdi_isfolder": "true" };
      return forward(request, response, { url, headers });
    }
    if (request.method === "PUT" && resource === "file") {
      files.set(url.pathname, { length: 0, blocks: [] });
      return forward(request, response, { url, headers: { "x-ms-blob-type": "BlockBlob" } });
    }
    if (request.method !== "PATCH" || (action !== "append" && action !== "flush"))
      return refuse(501, "NotImplemented");

    const file = files.get(url.pathname);
    if (file === undefined) return refuse(404, "PathNotFound");
    if (Number(position) !== file.length) return refuse(400, "InvalidFlushPosition");
    if (action === "append") {
      const block = Buffer.from(String(file.blocks.length).padStart(8, "0")).toString("base64");
      file.blocks.push(block);
      file.length += Number(request.headers["content-length"]);
      url.searchParams.set("comp", "block");
      url.searchParams.set("blockid", block);
      return forward(request, response, { url, method: "PUT", status: 202 });
    }
    request.resume();
    url.searchParams.set("comp", "blocklist");
    const list = file.blocks.map((block) => `<Latest>${block}</Latest>`).join("");
    const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
    return forward(request, response, { url, method: "PUT", status: 200, body });
  });
  return { ...front, endpoint: `${front.url}/${azurite.account.name}` };
}
