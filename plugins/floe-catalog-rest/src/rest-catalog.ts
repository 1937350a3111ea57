/** What plugins of catalogs build on that speak Iceberg's REST protocol, and more. */

export type { Authorizer } from "./authorization/authorizer.ts";
export { authorizerFor } from "./authorization/authorizer-for.ts";
export { commonFields, type RestCatalogConfig } from "./config.ts";
export { HttpClient, type HttpRequest } from "./http-client.ts";
export { RestCatalogPlugin } from "./plugin.ts";
