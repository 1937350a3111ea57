import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A certificate for loopback and its key, good for a day, in PEM files. It is its own authority. */
export async function makeCertificate(
  dir: string,
  names: { certificate: string; key: string },
): Promise<void> {
  await mkdir(dir, { recursive: true });
  // biome-ignore format: a command line
  await run("openssl", [
    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
    "-subj", "/CN=floe test",
    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
    "-addext", "basicConstraints=critical,CA:TRUE",
    "-keyout", join(dir, names.key),
    "-out", join(dir, names.certificate),
  ]);
}
