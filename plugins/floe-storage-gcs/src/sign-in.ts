import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { FloeError, type PluginContext } from "@floe/core";
import type * as Library from "google-auth-library";
import type { AuthClient, JWTInput } from "google-auth-library";
import type { GcsConfig } from "./config.ts";

/** To read and write objects; nothing about buckets and who may use them. */
const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

/**
 * Google's client for requests, with the credentials that the configuration names, else application default
 * credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's login, workload identity or the machine's account.
 *
 * @throws FloeError `SECRET.*`, `CONFIG.UNREADABLE`, `CONNECTION.UNAUTHORIZED`.
 */
export async function signIn(config: GcsConfig, context: PluginContext): Promise<AuthClient> {
  const library = await import("google-auth-library");
  if (config.anonymous) return new library.PassThroughClient();
  const { access_token } = config;
  const token = access_token && (await context.secrets.resolve(access_token));
  const given = token === undefined ? await givenCredentials(config, context) : undefined;
  try {
    const source =
      token !== undefined
        ? tokenClient(library, token)
        : given === undefined
          ? await defaultClient(library)
          : clientOf(library, given);
    const { impersonate_service_account: targetPrincipal } = config;
    if (targetPrincipal === undefined) return source;
    return quietly(
      () => new library.Impersonated({ sourceClient: source, targetPrincipal, targetScopes: [SCOPE] }),
    );
  } catch (error) {
    throw noCredentials(error);
  }
}

function tokenClient({ OAuth2Client }: typeof Library, token: string): AuthClient {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: token.trim() });
  return client;
}

async function defaultClient({ GoogleAuth }: typeof Library): Promise<AuthClient> {
  const auth = new GoogleAuth({ scopes: [SCOPE] });
  // A service account signs its own tokens: nothing to ask for, and no other server that must answer.
  auth.useJWTAccessWithScope = true;
  return auth.getClient();
}

function clientOf({ GoogleAuth, JWT }: typeof Library, credentials: JWTInput): AuthClient {
  const { type, client_email, private_key, private_key_id } = credentials;
  if (type !== "service_account") {
    return quietly(() => new GoogleAuth({ scopes: [SCOPE] }).fromJSON(credentials));
  }
  if (client_email === undefined || private_key === undefined) throw new Error("the key isn't whole");
  const client = new JWT({
    email: client_email,
    key: private_key,
    scopes: [SCOPE],
    ...(private_key_id === undefined ? {} : { keyId: private_key_id }),
  });
  client.useJWTAccessWithScope = true;
  return client;
}

/**
 * Google's library warns on the console of credentials from a stranger, whose addresses may be malicious.
 * These come from the platform's own manifest, and nothing but floe writes to its console.
 */
function quietly<T>(make: () => T): T {
  const { warn } = console;
  console.warn = () => {};
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}

async function givenCredentials(config: GcsConfig, context: PluginContext): Promise<JWTInput | undefined> {
  const { credentials_file: file } = config;
  if (file !== undefined) {
    const path = resolve(context.paths.projectDir, file);
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new FloeError("CONFIG.UNREADABLE", `The credentials file ${file} can't be read.`, {
        why: `${path}: ${error.code}.`,
        next: ["Correct plugins.storage.config.credentials_file in manifest.yaml."],
        cause: error,
      });
    });
    return parsed(text, `The file ${file}`);
  }
  const reference = config.credentials ?? context.connectionSecret;
  return reference && parsed(await context.secrets.resolve(reference), `The secret ${reference.name}`);
}

/** What can't be parsed isn't quoted, nor is the parser: its message has the beginning of the text. */
function parsed(text: string, what: string): JWTInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && "type" in value) return value as JWTInput;
  throw new FloeError("CONNECTION.UNAUTHORIZED", `${what} doesn't hold Google credentials.`, {
    why: 'They are JSON with a "type", as gcloud writes them.',
    next: ["gcloud iam service-accounts keys create key.json --iam-account=<account>"],
  });
}

function noCredentials(error: unknown): FloeError {
  return new FloeError("CONNECTION.UNAUTHORIZED", "There are no Google credentials that can be used.", {
    why: "Application default credentials weren't found, or what was given isn't whole.",
    next: [
      "gcloud auth application-default login",
      "Set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account's key.",
    ],
    cause: error,
  });
}
