import type { RuleParams } from "@floe/core";
import { type ErrorCode, FloeError, type Place } from "@floe/core/contracts";
import type { z } from "zod";
import { isCredentialPath, maskAddresses } from "./credentials.ts";
import { formatPath, locate, textAt } from "./locate.ts";
import { keysAt } from "./schema-keys.ts";
import { suggest } from "./suggest.ts";
import type { YamlDocument } from "./yaml-document.ts";

type Issue = z.core.$ZodIssue;

export interface FaultOptions {
  /** Where in the document the checked value stands; issues' paths continue from there. */
  at?: readonly PropertyKey[];
  /** The schema that found the issues, for "did you mean". */
  schema: z.core.$ZodType;
  /** The code for faults that have none of their own, in place of `CONFIG.*`. */
  code?: ErrorCode;
}

/** Every issue that zod found, as a coded error with its place in the file. In the order of the file. */
export function faultsFrom(
  issues: readonly Issue[],
  document: YamlDocument,
  { at = [], schema, code }: FaultOptions,
): FloeError[] {
  const explained = new Set(
    issues.filter((issue) => issue.code === "custom").map(({ path }) => formatPath(path)),
  );
  const faults = issues
    .flatMap((issue) => flatten(issue))
    .flatMap((issue) => {
      if (issue.code !== "unrecognized_keys") return [describe(issue, document, at, code)];
      // A rule that knows more about a key than that it is unknown has already spoken.
      return issue.keys
        .filter((key) => !explained.has(formatPath([...issue.path, key])))
        .map((key) =>
          unknownKey(
            key,
            keysAt(schema, issue.path),
            locate(document, [...at, ...issue.path, key], "key"),
            code,
          ),
        );
    });
  return sortFaults(faults);
}

/** By file, line and column. */
export function sortFaults(faults: readonly FloeError[]): FloeError[] {
  const key = ({ where }: FloeError): [string, number, number] => [
    where?.file ?? "",
    where?.line ?? 0,
    where?.column ?? 0,
  ];
  return faults.toSorted((a, b) => {
    const [fileA, lineA, columnA] = key(a);
    const [fileB, lineB, columnB] = key(b);
    // Not by locale: the same files give the same order everywhere.
    const byFile = fileA === fileB ? 0 : fileA < fileB ? -1 : 1;
    return byFile || lineA - lineB || columnA - columnB;
  });
}

/** A union's issue as those of the branch that was most likely meant; likewise for records. */
function flatten(issue: Issue): Issue[] {
  const within = (inner: readonly Issue[]): Issue[] =>
    inner.flatMap((one) => flatten({ ...one, path: [...issue.path, ...one.path] } as Issue));
  if (issue.code === "invalid_key" || issue.code === "invalid_element") return within(issue.issues);
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const ranked = issue.errors.toSorted((a, b) => mismatch(a) - mismatch(b));
  const [best = []] = ranked;
  // Where no branch even takes the type, all of them together are the answer.
  if (best.every(({ path, code }) => path.length === 0 && code === "invalid_type")) return [issue];
  return within(best);
}

/** How far a value is from a branch: another type altogether is farthest. */
function mismatch(issues: readonly Issue[]): number {
  const foreign = issues.some(
    ({ path, code }) => path.length === 0 && (code === "invalid_type" || code === "invalid_value"),
  );
  return issues.length + (foreign ? 1000 : 0);
}

function unknownKey(
  key: string,
  known: readonly string[],
  where: Place,
  code: ErrorCode | undefined,
): FloeError {
  const meant = suggest(key, known);
  return new FloeError(code ?? "CONFIG.UNKNOWN_KEY", `There is no key "${key}" here.`, {
    why: known.length === 0 ? undefined : `The keys are ${known.join(", ")}.`,
    next: [meant === undefined ? `Remove "${key}".` : `Did you mean "${meant}"?`],
    where,
  });
}

function describe(
  issue: Issue,
  document: YamlDocument,
  at: readonly PropertyKey[],
  code: ErrorCode | undefined,
): FloeError {
  const path = [...at, ...issue.path];
  const name = formatPath(path) || "the document";
  const secret = isCredentialPath(path);
  const value = valueAt(document.value, path);
  if (issue.code === "custom") {
    const params = (issue.params ?? {}) as Partial<RuleParams>;
    const told = (text: string): string => (secret ? withoutValues(text, value) : maskAddresses(text));
    return new FloeError(params.code ?? code ?? "CONFIG.INVALID_VALUE", told(`${name}: ${issue.message}.`), {
      why: params.why && told(params.why),
      next: params.next?.map(told) ?? [],
      where: locate(document, path),
    });
  }
  if (value === undefined || (value === null && issue.code === "invalid_type")) {
    return new FloeError(code ?? "CONFIG.MISSING_KEY", `${name} is missing.`, {
      why: expectation(issue) === undefined ? undefined : `It must be ${expectation(issue)}.`,
      next: [`Add \`${String(path.at(-1))}:\`.`],
      where: locate(document, path),
    });
  }
  const written: Written = { value, text: secret ? undefined : textAt(document, path) };
  const found = secret ? "" : butIs(written);
  return new FloeError(code ?? "CONFIG.INVALID_VALUE", `${name} ${requirement(issue)}${found}.`, {
    next: remedies(issue, written),
    where: locate(document, path),
  });
}

/** A value, and how it stands in the file; no text where it may not be repeated. */
interface Written {
  value: unknown;
  text: string | undefined;
}

/** Other people's messages repeat what they refuse. */
function withoutValues(text: string, value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).reduce<string>(withoutValues, text);
  }
  const shown = String(value);
  return shown === "" ? text : text.replaceAll(shown, "***");
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

/** What a value must be, in the words of YAML. */
function expectation(issue: Issue): string | undefined {
  if (issue.code === "invalid_type") return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return oneOf(issue.values.map((value) => JSON.stringify(value)));
  if (issue.code === "invalid_union") {
    const { options } = issue as { options?: readonly unknown[] };
    if (options !== undefined && options.length > 0)
      return oneOf(options.map((value) => JSON.stringify(value)));
    return oneOf([...new Set(issue.errors.flat().flatMap((inner) => expectation(inner) ?? []))]);
  }
  return undefined;
}

function oneOf(texts: readonly (string | undefined)[]): string | undefined {
  if (texts.length === 0) return undefined;
  return texts.length === 1 ? texts[0] : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

function requirement(issue: Issue): string {
  const expected = expectation(issue);
  if (expected !== undefined) return `must be ${expected}`;
  if (issue.code === "too_small" || issue.code === "too_big") {
    const least = issue.code === "too_small";
    const limit = String(issue.code === "too_small" ? issue.minimum : issue.maximum);
    const bound = `${least ? "at least" : "at most"} ${limit}`;
    if (issue.origin === "string")
      return limit === "1" && least ? "must not be empty" : `must have ${bound} characters`;
    if (issue.origin === "array")
      return limit === "1" && least ? "must not be empty" : `must have ${bound} entries`;
    return `must be ${issue.inclusive === false ? (least ? "more than" : "less than") : least ? "at least" : "at most"} ${limit}`;
  }
  if (issue.code === "invalid_format" && !issue.message.startsWith("must"))
    return `must be a valid ${issue.format}`;
  return issue.message.startsWith("must") ? issue.message : `is invalid: ${issue.message}`;
}

const LONGEST_REPEATED = 60;

function butIs({ value, text }: Written): string {
  if (Array.isArray(value)) return ", but is a list";
  if (typeof value === "object" && value !== null) return ", but is a mapping";
  const shown = typeof value === "string" ? JSON.stringify(maskAddresses(value)) : (text ?? String(value));
  if (shown.length > LONGEST_REPEATED) return "";
  return typeof value === "string" ? `, but is ${shown}` : `, but is the ${typeof value} ${shown}`;
}

function remedies(issue: Issue, { value, text }: Written): string[] {
  if (issue.code === "invalid_type" && issue.expected === "string" && typeof value !== "object") {
    return [text === undefined ? "Write it in quotes." : `Write it in quotes: "${text}".`];
  }
  if (
    issue.code === "invalid_type" &&
    issue.expected === "boolean" &&
    typeof value === "string" &&
    /^(yes|no|on|off)$/i.test(value)
  ) {
    return [`Write ${/^(yes|on)$/i.test(value) ? "true" : "false"}: in YAML 1.2, ${value} is text.`];
  }
  if (issue.code === "invalid_value" || issue.code === "invalid_union") {
    const options: readonly unknown[] =
      issue.code === "invalid_value"
        ? issue.values
        : ((issue as { options?: readonly unknown[] }).options ?? []);
    const meant = typeof value === "string" ? suggest(value, options.map(String)) : undefined;
    return meant === undefined ? [] : [`Did you mean "${meant}"?`];
  }
  return [];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
