import type { Answer } from "./answer.ts";
import type { Asked } from "./expectations.ts";

/** Where tools found something else than floe did, in words; what a tool can't evaluate isn't compared. */
export function differences(
  expectations: readonly Asked[],
  found: ReadonlyMap<string, Answer["found"]>,
): string[] {
  const reference = found.get("floe") ?? {};
  const lines = [...found].flatMap(([name, values]) =>
    expectations.flatMap((expectation) => {
      const [own, floe] = [values[expectation.name] ?? null, reference[expectation.name] ?? null];
      if (own === null || (floe !== null && isSame(own, floe, expectation))) return [];
      return [`${name} finds ${own} where floe finds ${floe}: ${JSON.stringify(expectation).slice(0, 120)}`];
    }),
  );
  return lines.length === 0 ? ["All tools agree on what they evaluate."] : lines;
}

/** Averages are added up in another order by each run; quantiles of some tools are the nearest value of the table. */
function isSame(own: number, floe: number, { type }: Asked): boolean {
  const tolerance = type === "mean_between" ? 1e-9 : type === "quantile_between" ? 1e-3 : 0;
  return Math.abs(own - floe) <= tolerance * Math.abs(floe);
}
