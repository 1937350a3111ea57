import { cronFault, FloeError, isTimezone } from "@floe/core";

/** When a job runs. */
export interface JobSchedule {
  cron: string;
  /** IANA name. */
  timezone: string;
}

/**
 * A schedule that exists.
 *
 * @throws FloeError `CONFIG.INVALID_VALUE`.
 */
export function requireSchedule(jobName: string, cron: string, timezone: string): JobSchedule {
  const fault = cronFault(cron);
  if (fault !== undefined) {
    throw new FloeError("CONFIG.INVALID_VALUE", `The cron "${cron}" of the job ${jobName} can't be used.`, {
      why: `${fault[0]?.toUpperCase()}${fault.slice(1)}.`,
      next: ['Write five fields, such as "0 6 * * *" for every day at six.'],
    });
  }
  if (!isTimezone(timezone)) {
    throw new FloeError("CONFIG.INVALID_VALUE", `There is no timezone "${timezone}".`, {
      next: ['Use an IANA name, such as "Europe/Berlin" or "UTC".'],
    });
  }
  return { cron, timezone };
}
