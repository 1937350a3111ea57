import { createHash, getFips, type Hash } from "node:crypto";

/**
 * The digest by which Azure and Cloud Storage refuse what arrives as something else. It guards against accidents,
 * not against people. Undefined where Node mustn't use it: FIPS 140 knows no MD5.
 */
export function createMd5(): Hash | undefined {
  return getFips() === 1 ? undefined : createHash("md5");
}
