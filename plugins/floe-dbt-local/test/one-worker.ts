import { tmpdir } from "node:os";
import type { PythonRuntime, PythonWorker } from "@floe/core";
import { createPythonRuntime, type OwnedPythonRuntime } from "@floe/host";

/**
 * Python whose worker serves one plugin after another: to import dbt is most of what each would take. Every
 * project is handed in with its commands, so none sees another's.
 */
export function onePythonWorker(): PythonRuntime & Pick<OwnedPythonRuntime, "close"> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const workers = new Map<string, Promise<PythonWorker>>();
  return {
    ...runtime,
    startWorker({ cwd: _, ...spec }) {
      const key = JSON.stringify(spec);
      const worker = workers.get(key) ?? runtime.startWorker(spec);
      workers.set(key, worker);
      return worker;
    },
  };
}
