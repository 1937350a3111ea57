/** In words joined by underscores, at the end of a key: `secret_scanning` holds no secret. */
const CREDENTIAL_KEY =
  /(^|_)(password|passwd|pwd|passphrase|secret|token|credential|(api|access|secret|private|account|encryption)_?key|connection_string|dsn)s?(_(id|key|value|access_key))*$/;
/** The manifest's own sections that are named so and hold names of plugins. */
const SECTIONS = new Set(["plugins", "approved_plugins"]);

const PASSWORD_IN_ADDRESS = /(:\/\/[^/@\s:"']*:)([^@\s"']+)(?=@)/g;
const CREDENTIAL_IN_QUERY =
  /([?&;](?:[\w.-]*[_.-])?(?:api|access|auth|secret)?(?:key|token|secret|password|credential|signature|sig)=)([^&#\s"']+)/gi;
/** For text that no tree was made of. */
const CREDENTIAL_IN_LINE =
  /((?:password|passwd|pwd|passphrase|secret|token|credential|api_?key|access_?key|private_?key)\w*["']?\s*:\s)([^#]+)/gi;

/** Whether what stands under a key may be a credential; `parent` is the key above. */
export function isCredentialKey(key: PropertyKey, parent?: PropertyKey): boolean {
  if (typeof key !== "string") return false;
  if (key === "secrets" && SECTIONS.has(String(parent))) return false;
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
  return CREDENTIAL_KEY.test(words);
}

/** Whether a path leads into something that may be a credential. */
export function isCredentialPath(path: readonly PropertyKey[]): boolean {
  return path.some((key, index) => isCredentialKey(key, path[index - 1]));
}

/** Text without the passwords and tokens of the addresses in it. Its length stays. */
export function maskAddresses(text: string): string {
  const mask = (_all: string, before: string, secret: string): string => before + asterisks(secret);
  return text.replace(PASSWORD_IN_ADDRESS, mask).replace(CREDENTIAL_IN_QUERY, mask);
}

/** A line of a file that isn't valid YAML, without what stands behind keys of credentials. */
export function maskMalformedLine(line: string): string {
  return maskAddresses(line).replace(CREDENTIAL_IN_LINE, (_all, key: string, value: string) => {
    return key + value.replace(/[^\s,[\]{}]/g, "*");
  });
}

/** As long as the text, and with its line ends and indentation. */
export function asterisks(text: string): string {
  return text.replace(/\S/g, "*");
}
