/**
 * Whether the environment names a proxy for what is asked at a URL, as `HTTPS_PROXY`, `HTTP_PROXY` and their
 * lower case do. What is on this machine isn't asked by one.
 */
export function isProxied(url: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const { protocol, hostname } = new URL(url);
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return false;
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  return [env[name], env[name.toLowerCase()]].some(Boolean);
}
