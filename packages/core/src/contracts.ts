/**
 * The contracts without the configuration schemas: what finding and loading plugins takes. `@floe/core` has
 * all of it too; this is for start-up, where building schemas that nobody uses would cost the most.
 */

export { ERROR_CODES, type ErrorCode } from "./errors/codes.ts";
export { connectionError, networkErrorCode } from "./errors/connection-error.ts";
export {
  type Fault,
  FloeError,
  type FloeErrorOptions,
  isFloeError,
  type Place,
} from "./errors/floe-error.ts";
export { GENERATED } from "./interfaces/generated-file.ts";
export type * from "./interfaces/index.ts";
export {
  askService,
  failedConnection,
  type ServiceAnswer,
  type ServiceQuestion,
} from "./network/ask-service.ts";
export { backOffMs, retryAfterMs } from "./network/back-off.ts";
export { API_VERSION, type ApiCompatibility, checkApiVersion } from "./plugin/api-version.ts";
export type * from "./plugin/commands.ts";
export type * from "./plugin/context.ts";
export { definePlugin, isPluginDefinition, type PluginDefinition } from "./plugin/define-plugin.ts";
export { completePlugin, INTERFACE_DEFAULTS, type PluginImplementation } from "./plugin/implementation.ts";
export {
  ENTRY_POINT_GROUPS,
  kindOfGroup,
  PLUGIN_KINDS,
  type PluginInterfaces,
  type PluginKind,
} from "./plugin/kinds.ts";
export { type PackageField, packageFieldSchema } from "./plugin/package-field.ts";
export type * from "./plugin/python.ts";
export { secretEnvironmentVariable } from "./plugin/secret-variable.ts";
