/**
 * The environment without the user's own settings for Python (PYTHONHOME, PYTHONPATH, PYTHONWARNINGS,
 * PYTHONDONTWRITEBYTECODE and their like): they would change what an environment holds, which all projects
 * share, and what a worker imports.
 */
export function withoutPythonSettings(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^PYTHON[A-Z]/.test(name)));
}
