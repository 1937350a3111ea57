/** What plugins of catalogs build on that speak Iceberg's REST protocol, and more. */
export { catalogError, type Subject } from "./catalog-error.ts";
export { bearerSchema, commonFields, oauth2Schema, type RestCatalogConfig } from "./config.ts";
export type { HttpAnswer, HttpClient, HttpRequest } from "./http-client.ts";
export { RestCatalogPlugin } from "./plugin.ts";
