import { FloeError } from "@floe/core";
import type { SignatureV4 } from "@smithy/signature-v4";
import type { Authorizer, UnauthorizedRequest } from "./authorizer.ts";

/**
 * AWS Signature Version 4 with AWS's own chain of credentials: environment, profile, SSO, web identity,
 * container, instance. The SDK's parts are loaded at first use.
 */
export function sigv4Authorization(region: string, service: string): Authorizer {
  let signer: Promise<SignatureV4> | undefined;
  return {
    async authorize(request) {
      signer ??= createSigner(region, service);
      try {
        return await sign(await signer, request);
      } catch (error) {
        throw new FloeError("CONNECTION.UNAUTHORIZED", "No request to the catalog can be signed.", {
          why: (error as Error).message,
          next: ["Give AWS credentials: the environment's, a profile, or a role."],
          cause: error,
        });
      }
    },
    // The chain itself renews what is about to end.
    renew: () => false,
    redact: (text) => text,
  };
}

async function createSigner(region: string, service: string): Promise<SignatureV4> {
  const [{ SignatureV4 }, { fromNodeProviderChain }, { Sha256 }] = await Promise.all([
    import("@smithy/signature-v4"),
    import("@aws-sdk/credential-providers"),
    import("@aws-crypto/sha256-js"),
  ]);
  return new SignatureV4({
    credentials: fromNodeProviderChain({ clientConfig: { region } }),
    region,
    service,
    sha256: Sha256,
    // Of all services S3 alone takes paths as they are.
    uriEscapePath: service !== "s3",
    applyChecksum: true,
  });
}

async function sign(
  signer: SignatureV4,
  { method, url, headers, body }: UnauthorizedRequest,
): Promise<Readonly<Record<string, string>>> {
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    body,
  });
  // `fetch` sets it itself, to the same.
  const { host: _host, ...rest } = signed.headers;
  return rest;
}
