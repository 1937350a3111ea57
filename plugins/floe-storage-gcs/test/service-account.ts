import { generateKeyPairSync } from "node:crypto";

/** What a key file of a service account holds, with a key that no one knows. */
export function serviceAccountKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return JSON.stringify({
    type: "service_account",
    project_id: "test",
    client_email: "floe@test.iam.gserviceaccount.com",
    private_key: privateKey,
  });
}
