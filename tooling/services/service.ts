import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolderOnce } from "@floe/host";

/** What is installed once into a cache outside of the repository. */
export interface Installation {
  name: string;
  /** Exact; part of the cache's key. */
  version: string;
  /** Installs it into an empty folder, which is moved to its place once it is whole. */
  install(dir: string): Promise<void>;
}

/**
 * A real server for tests, started on loopback. One that takes settings (a storage, credentials) is what a
 * function of those settings gives.
 */
export interface Service extends Installation {
  /** How to start it on a port of 127.0.0.1. `data` is an empty folder, its working one, that goes when it stops. */
  command(started: { dir: string; data: string; port: number }): Promise<ServiceCommand>;
  /** Path that answers once it is ready. */
  readyPath: string;
  /** The status with which it then answers. Default: any of success. */
  readyStatus?: number;
  /** Where it speaks TLS: the PEM file of the authority in its data folder, made by `command`. */
  tlsCaFile?: string;
}

export interface ServiceCommand {
  program: string;
  parameters: string[];
  /** Set beside what this process has. Secrets go here or into a file in `data`: parameters are seen by anyone. */
  env?: Readonly<Record<string, string>>;
}

export interface RunningService extends AsyncDisposable {
  url: string;
  port: number;
  /** PEM of the authority behind its certificate, where it speaks TLS. */
  ca?: string;
}

/** A Java server on a machine with other work takes its time. */
const READY_WITHIN_MS = 180_000;

/** Why a service isn't there: it couldn't be installed on this machine. */
export interface MissingService {
  missing: string;
}

/**
 * Installs a service if need be and starts it. Where it can't be installed, with CI=true it throws; else
 * the tests that want it are skipped with the reason that it gives. One that is installed and doesn't start
 * is a fault anywhere.
 */
export async function requireService(service: Service): Promise<RunningService | MissingService> {
  let dir: string;
  try {
    dir = await installOnce(service);
  } catch (error) {
    if (process.env.CI === "true") throw error;
    return { missing: `${service.name} ${service.version} can't be installed: ${(error as Error).message}` };
  }
  return startService(service, dir);
}

/** Starts what is installed in a folder. */
export async function startService(service: Service, dir: string): Promise<RunningService> {
  const data = await mkdtemp(join(tmpdir(), `floe-${service.name}-`));
  const port = await freePort();
  const { program, parameters, env } = await service.command({ dir, data, port });
  const child = spawn(program, parameters, {
    cwd: data,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10_000);
    });
  }
  const { tlsCaFile } = service;
  const ca = tlsCaFile === undefined ? undefined : await readFile(join(data, tlsCaFile), "utf8");
  const url = `${ca === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    await ready({ url: `${url}${service.readyPath}`, status: service.readyStatus, ca }, child);
  } catch (error) {
    await stop();
    throw new Error(`${service.name} didn't start: ${(error as Error).message}\n${output}`);
  }
  return { url, port, ...(ca === undefined ? {} : { ca }), [Symbol.asyncDispose]: stop };
}

/** Whole or not at all, and once, also when two test runs want it at the same time. */
export async function installOnce({ name, version, install }: Installation): Promise<string> {
  const cache = process.env.FLOE_TEST_CACHE ?? join(homedir(), ".cache", "floe-test");
  const dir = join(cache, `${name}-${version}`);
  await makeFolderOnce(dir, install);
  return dir;
}

interface ReadySign {
  url: string;
  status?: number | undefined;
  ca?: string | undefined;
}

async function ready(sign: ReadySign, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}`);
    if (await answers(sign)) return;
    await sleep(100);
  }
  throw new Error(`it didn't answer at ${sign.url}`);
}

/** `fetch` can't be told of a certificate authority. */
async function answers({ url, status, ca }: ReadySign): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const signal = AbortSignal.timeout(5000);
  const answered = (response: IncomingMessage): void => {
    response.resume();
    const { statusCode = 0 } = response;
    resolve(status === undefined ? statusCode < 300 : statusCode === status);
  };
  const request =
    ca === undefined ? http.get(url, { signal }, answered) : https.get(url, { signal, ca }, answered);
  request.on("error", () => resolve(false));
  return promise;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), 5000);
  await closed;
  clearTimeout(insist);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
