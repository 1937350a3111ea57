import type { AzureConfig } from "./config.ts";

export function pyicebergProperties(config: AzureConfig): Record<string, string> {
  return { "adls.account-name": config.account };
}
