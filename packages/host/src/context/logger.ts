import type { Logger } from "@floe/core";
import type { SecretMask } from "../secrets/mask.ts";

export interface LogRecord {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

/** Where log lines go. The host never prints: whoever embeds it decides. */
export type LogSink = (record: LogRecord) => void;

/** A logger that masks secrets and adds `fixed` fields to every line. */
export function createLogger(
  sink: LogSink,
  mask: SecretMask,
  fixed: Readonly<Record<string, unknown>> = {},
): Logger {
  const at =
    (level: LogRecord["level"]) =>
    (message: string, fields: Record<string, unknown> = {}): void =>
      sink({
        level,
        message: mask.text(message),
        fields: mask.data({ ...fixed, ...fields }) as Record<string, unknown>,
      });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
