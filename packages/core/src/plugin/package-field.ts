import { z } from "zod";

/** `.` or `./sub/path`: what the package's own `exports` offers. `..` never leads anywhere. */
const ENTRY = /^\.(?:\/(?!\.{1,2}(?:\/|$))[^/\\]+)*$/;

/**
 * The `floe` field in the package.json of a plugin package: what the host reads to find plugins without
 * importing anything.
 *
 * ```json
 * "floe": { "apiVersion": "1.0", "entryPoints": { "floe.storage": { "s3": "." } } }
 * ```
 */
export const packageFieldSchema = z.strictObject({
  apiVersion: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, 'must be "major.minor", such as "1.0"')
    .describe("The version of floe's plugin API that the package was made for."),
  entryPoints: z
    .record(
      z.string(),
      z.record(
        z.string().regex(/^[a-z][a-z0-9_-]*$/, "must be lower case: letters, digits, - and _"),
        z.string().regex(ENTRY, 'must be "." or a subpath of the package\'s exports, such as "./s3"'),
      ),
    )
    .refine((groups) => Object.values(groups).some((names) => Object.keys(names).length > 0), {
      message: "must name at least one plugin",
    })
    .describe("Entry-point group, then plugin name, then the subpath export that holds its definition."),
});

/** See {@link packageFieldSchema}. */
export type PackageField = z.infer<typeof packageFieldSchema>;
