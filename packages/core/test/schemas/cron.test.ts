import { cronFault, isTimezone } from "@floe/core";
import { describe, expect, it } from "vitest";

describe("cron", () => {
  it.each([
    "* * * * *",
    "0 6 * * *",
    "*/15 0-6,22-23 1,15 jan-mar mon-fri",
    "@daily",
    "0 0 29 2 *",
    "0 0 31 1/2 7",
    "0 0 30 2 MON",
    "5/10 * * * SUN",
  ])("takes %s", (expression) => expect(cronFault(expression)).toBeUndefined());

  it.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "*/70 * * * *",
    "*-5 * * * *",
    "1, * * * *",
    "x * * * *",
    "-1 * * * *",
    "@reboot",
    "0 0 31 4,6 *",
  ])("refuses %j", (expression) => expect(cronFault(expression)).toEqual(expect.any(String)));

  it("knows timezones by name, not by offset", () => {
    expect(["UTC", "Europe/Berlin", "America/New_York"].map(isTimezone)).toEqual([true, true, true]);
    expect(["", "Mars/Phobos", "+02:00", "Berlin"].map(isTimezone)).toEqual([false, false, false, false]);
  });
});
