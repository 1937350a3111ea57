import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolderOnce } from "@floe/host";

/** A real server for tests: installed once into a cache outside of the repository, started on loopback. */
export interface Service {
  name: string;
  /** Exact; part of the cache's key. */
  version: string;
  /** Installs it into an empty folder. */
  install(dir: string): Promise<void>;
  /** How to start it on a port of 127.0.0.1. `data` is an empty folder that goes when it stops. */
  command(started: {
    dir: string;
    data: string;
    port: number;
  }): Promise<{ program: string; parameters: string[]; env?: Readonly<Record<string, string | undefined>> }>;
  /** Path that answers once it is ready. */
  readyPath: string;
}

export interface RunningService extends AsyncDisposable {
  url: string;
  port: number;
}

const READY_WITHIN_MS = 60_000;

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
  const { program, parameters, env = process.env } = await service.command({ dir, data, port });
  const child = spawn(program, parameters, { cwd: data, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10_000);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    await ready(`${url}${service.readyPath}`, child);
  } catch (error) {
    await stop();
    throw new Error(`${service.name} didn't start: ${(error as Error).message}\n${output}`);
  }
  return { url, port, [Symbol.asyncDispose]: stop };
}

/** Whole or not at all, and once, also when two test runs want it at the same time. */
async function installOnce({ name, version, install }: Service): Promise<string> {
  const cache = process.env.FLOE_TEST_CACHE ?? join(homedir(), ".cache", "floe-test");
  const dir = join(cache, `${name}-${version}`);
  await makeFolderOnce(dir, install);
  return dir;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}`);
    const answered = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
  throw new Error(`it didn't answer at ${url}`);
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
