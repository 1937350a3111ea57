import type { JsonObject, SecretReference } from "@floe/core";
import type { GcsConfig } from "./config.ts";

export function dbtProfile(
  _config: GcsConfig,
  _nameSecret: (reference: SecretReference) => string,
): JsonObject {
  return {};
}
