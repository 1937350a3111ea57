import type { OwnedPythonRuntime, PythonRuntimeOptions } from "./runtime.ts";

/** A Python runtime whose code is loaded when a plugin first asks for Python: most commands never do. */
export function lazyPythonRuntime(options: PythonRuntimeOptions): OwnedPythonRuntime {
  let loading: Promise<OwnedPythonRuntime> | undefined;
  const runtime = (): Promise<OwnedPythonRuntime> => {
    loading ??= import("./runtime.ts").then(({ createPythonRuntime }) => createPythonRuntime(options));
    return loading;
  };
  return {
    environment: async (spec) => (await runtime()).environment(spec),
    startWorker: async (spec) => (await runtime()).startWorker(spec),
    close: async () => (await loading)?.close(),
  };
}
