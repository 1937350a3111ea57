import { styleText } from "node:util";
import type { Style } from "../command.ts";

type Format = Parameters<typeof styleText>[0];

/** Colour for a terminal, unless NO_COLOR or `TERM=dumb` says otherwise; FORCE_COLOR asks for it anywhere. */
export function styleFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "" && env.FORCE_COLOR !== "0";
  const refused = (env.NO_COLOR !== undefined && env.NO_COLOR !== "") || env.TERM === "dumb";
  const coloured = !refused && (forced || stream.isTTY === true);
  const as =
    (format: Format) =>
    (text: string): string =>
      coloured ? styleText(format, text, { validateStream: false }) : text;
  return { bold: as("bold"), dim: as("dim"), red: as("red"), yellow: as("yellow"), green: as("green") };
}
