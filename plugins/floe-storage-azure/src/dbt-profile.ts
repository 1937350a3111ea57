import type { JsonObject, SecretReference } from "@floe/core";
import type { AzureConfig } from "./config.ts";

export function dbtProfile(
  _config: AzureConfig,
  _nameSecret: (reference: SecretReference) => string,
): JsonObject {
  return {};
}
