import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import {
  type DbtManifest,
  type DbtNode,
  expectationSchema,
  type Finding,
  modelsOf,
  type ValidationResult,
} from "@floe/core";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";

/** What a check file names, in the columns of an expectation. */
const NAMED = ["column", "columns"] as const;

/**
 * A file of expectations by model against the dbt project: `{models: {orders: [{type: not_null, column: id}]}}`.
 * Expectations are written as in the common vocabulary, without `table`, which is the model's.
 */
export async function validateCheckFile(
  path: string,
  manifest: DbtManifest,
  projectDir: string,
): Promise<ValidationResult> {
  const absolute = resolve(projectDir, path);
  const file = relative(projectDir, absolute);
  const errors: Finding[] = [];
  const text = await readFile(absolute, "utf8").catch((error: Error) => {
    errors.push({ code: "CONFIG.UNREADABLE", message: `${file} can't be read: ${error.message}`, file });
    return undefined;
  });
  if (text !== undefined) errors.push(...findingsIn(text, file, manifest));
  return { success: errors.length === 0, errors, warnings: [] };
}

function findingsIn(text: string, file: string, manifest: DbtManifest): Finding[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (path: readonly PropertyKey[]): Pick<Finding, "file" | "line"> => ({
    file,
    line: lineOf(document, path, lines),
  });
  if (document.errors.length > 0) {
    return document.errors.map(({ message, pos }) => ({
      code: "CONFIG.SYNTAX",
      message: message.split("\n", 1)[0] ?? "",
      file,
      line: lines.linePos(pos[0]).line,
    }));
  }
  const root: unknown = document.toJS({ maxAliasCount: 100 });
  const models = isMapping(root) ? root.models : undefined;
  if (!isMapping(models)) {
    return [
      {
        code: "CONFIG.MISSING_KEY",
        message: `${file} has no mapping \`models\` of expectations by model.`,
        ...at([]),
        suggestion: "Write models: {orders: [{name: id_is_there, type: not_null, column: id}]}.",
      },
    ];
  }
  const known = new Map(modelsOf(manifest).map((model) => [model.name, model]));
  return Object.entries(models).flatMap(([name, expectations]): Finding[] => {
    const model = known.get(name);
    if (model === undefined) {
      return [
        {
          code: "CONFIG.REFERENCE",
          message: `The dbt project has no model "${name}".`,
          subject: name,
          ...at(["models", name]),
          suggestion: `Its models are ${[...known.keys()].slice(0, 10).join(", ")}.`,
        },
      ];
    }
    if (!Array.isArray(expectations)) {
      return [
        {
          code: "CONFIG.INVALID_VALUE",
          message: `What stands below ${name} must be a list of expectations.`,
          subject: name,
          ...at(["models", name]),
        },
      ];
    }
    return expectations.flatMap((expectation, index) =>
      findingsOf(expectation, model, known).map(({ path, ...finding }) => ({
        ...finding,
        ...at(["models", name, index, ...path]),
      })),
    );
  });
}

type Placed = Finding & { path: readonly PropertyKey[] };

function findingsOf(given: unknown, model: DbtNode, models: ReadonlyMap<string, DbtNode>): Placed[] {
  const written = isMapping(given) ? given : {};
  const subject = `${model.name}.${String(written.name ?? written.type ?? "expectation")}`;
  const to = typeof written.to === "string" ? models.get(written.to) : undefined;
  const parsed = expectationSchema.safeParse({
    name: written.type,
    ...written,
    table: [model.schema ?? "main", model.name],
    ...(to === undefined ? {} : { to: [to.schema ?? "main", to.name] }),
  });
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({
      code: "QUALITY.INVALID_EXPECTATION",
      message: `${path.length === 0 ? "" : `${path.map(String).join(".")}: `}${message}`,
      subject,
      path,
    }));
  }
  const columns = Object.values(model.columns ?? {}).map(({ name }) => name);
  if (columns.length === 0) return [];
  const lower = new Set(columns.map((name) => name.toLowerCase()));
  return NAMED.flatMap((key) =>
    [written[key]].flat().flatMap((column): Placed[] =>
      typeof column !== "string" || lower.has(column.toLowerCase())
        ? []
        : [
            {
              code: "CONFIG.REFERENCE",
              message: `The model ${model.name} declares no column "${column}".`,
              subject,
              path: [key],
              suggestion: `Its columns are ${columns.join(", ")}.`,
            },
          ],
    ),
  );
}

/** The line of the value, or of what holds it where the value is missing. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const key = isMap(parent)
      ? parent.items.find(({ key: one }) => isScalar(one) && String(one.value) === String(last))?.key
      : document.getIn(path.slice(0, length), true);
    if (isNode(key) && key.range != null) return lines.linePos(key.range[0]).line;
  }
  return 1;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
