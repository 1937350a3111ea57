import { z } from "zod";
import { cronFault, isTimezone } from "../cron.ts";
import { optional, withDefault } from "../optional.ts";
import { rule } from "../rule.ts";

/** When the orchestrator runs the product. */
export const scheduleSchema = z
  .strictObject({
    cron: optional(z.string().min(1)).describe(
      'Five cron fields: "0 6 * * *" is six in the morning, every day.',
    ),
    timezone: withDefault(z.string().min(1), "UTC").describe(
      "IANA timezone that the cron is meant in: Europe/Berlin.",
    ),
    enabled: withDefault(z.boolean(), true).describe("Whether the schedule is active."),
  })
  .check(
    rule((value, report) => {
      const fault = typeof value.cron === "string" ? cronFault(value.cron) : undefined;
      if (fault !== undefined) {
        report(["cron"], fault, {
          code: "CONFIG.INVALID_VALUE",
          next: ['Write five fields, such as "0 6 * * *" for every day at six.'],
        });
      }
      if (typeof value.timezone === "string" && !isTimezone(value.timezone)) {
        report(["timezone"], `there is no timezone "${value.timezone}"`, {
          code: "CONFIG.INVALID_VALUE",
          next: ['Use an IANA name, such as "Europe/Berlin" or "UTC".'],
        });
      }
    }),
  );

export type Schedule = z.output<typeof scheduleSchema>;
