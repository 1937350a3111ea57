/** What object stores and file systems have in common as floe's storage: pure functions, no I/O. */
export { checkRange, invalidRange } from "./byte-range.ts";
export { objectStoreFields } from "./config-fields.ts";
export { type Download, downloaded, inMemory } from "./download.ts";
export { existsByLength } from "./exists.ts";
export { limitTo } from "./limit.ts";
export { OutgoingParts } from "./outgoing-parts.ts";
export { inParts, slices } from "./parts.ts";
export { type OpenedBody, resumed } from "./resumed.ts";
export { judgeRequest, type Retry, withRetries } from "./retry.ts";
export { SilenceLimit } from "./silence-limit.ts";
export { alreadyThere, changedWhileRead, forbidden, notFound } from "./storage-error.ts";
export { untilAborted } from "./until-aborted.ts";
export { isPrefix, namespaceLevels, outsideWarehouse, UriWarehouse } from "./uri-warehouse.ts";
