import { type CompiledArtifacts, FloeError } from "@floe/core";
import { ARTIFACTS_VERSION, compiledArtifactsSchema } from "@floe/core/artifacts";

/**
 * Artifacts as valid ones. They come from a file that anything may have written, so nothing is taken for granted.
 *
 * @throws FloeError `ARTIFACTS.VERSION` for a format newer than this package knows, `ARTIFACTS.INVALID`.
 */
export function requireArtifacts(given: unknown): CompiledArtifacts {
  const { version } = (given ?? {}) as { version?: unknown };
  if (typeof version === "string" && isNewer(version, ARTIFACTS_VERSION)) {
    throw new FloeError("ARTIFACTS.VERSION", `The artifacts are of version ${version}.`, {
      why: `This floe knows versions up to ${ARTIFACTS_VERSION}.`,
      next: ["Update floe's packages here, or compile the product with the floe that is installed here."],
    });
  }
  const parsed = compiledArtifactsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") || "the file";
  throw new FloeError("ARTIFACTS.INVALID", "The artifacts aren't valid.", {
    why: `${place}: ${issue?.message ?? "unknown"}`,
    next: ["floe compile"],
    cause: parsed.error,
  });
}

/** By major and minor: a patch changes nothing that a reader sees. */
function isNewer(version: string, known: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [knownMajor = 0, knownMinor = 0] = known.split(".").map(Number);
  return major > knownMajor || (major === knownMajor && minor > knownMinor);
}
