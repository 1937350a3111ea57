import { judgeRequest, resumed, SilenceLimit, withRetries } from "@floe/core/storage";
import { describe, expect, it } from "vitest";

const never = new AbortController().signal;
const broken = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

describe("attempts", () => {
  it("go on until one succeeds", async () => {
    const attempts: number[] = [];
    const answer = await withRetries(
      async (tried) => {
        attempts.push(tried);
        if (tried < 2) throw broken;
        return "done";
      },
      () => ({ attempts: 3, afterMs: 1 }),
      never,
    );
    expect(answer).toBe("done");
    expect(attempts).toEqual([0, 1, 2]);
  });

  it("end with the last failure, or the first that nothing can mend", async () => {
    let count = 0;
    const fail = async (): Promise<never> => {
      count += 1;
      throw broken;
    };
    await expect(withRetries(fail, () => ({ attempts: 3, afterMs: 1 }), never)).rejects.toBe(broken);
    expect(count).toBe(3);
    await expect(withRetries(fail, () => undefined, never)).rejects.toBe(broken);
    expect(count).toBe(4);
  });

  it("end at once when the signal aborts, also between two", async () => {
    const controller = new AbortController();
    const reason = new Error("interrupted");
    const running = withRetries(
      () => Promise.reject(broken),
      () => ({ attempts: 2, afterMs: 10_000 }),
      controller.signal,
    );
    setTimeout(() => controller.abort(reason), 10);
    await expect(running).rejects.toBe(reason);
  });

  it.for([
    [429, true],
    [503, true],
    [404, false],
    [401, false],
  ] as const)("of what was answered with %i are worth repeating: %s", ([status, again]) => {
    expect(judgeRequest(status, new Error("answer")) !== undefined).toBe(again);
  });

  it("are repeated when a connection broke, however deep that is wrapped, and not when TLS failed", () => {
    expect(judgeRequest(undefined, new Error("request failed", { cause: broken }))).toBeDefined();
    const tls = Object.assign(new Error("self-signed"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(judgeRequest(undefined, tls)).toBeUndefined();
  });
});

describe("a body that breaks off", () => {
  const content = "0123456789";
  /** Breaks off after `each` bytes. */
  const server = (each: number, failing: boolean) => {
    const opened: [number, string | undefined][] = [];
    const open = async (position: number, version: string | undefined) => {
      opened.push([position, version]);
      const rest = content.slice(position);
      async function* chunks() {
        yield new TextEncoder().encode(rest.slice(0, each));
        if (failing && rest.length > each) throw broken;
      }
      return { chunks: chunks(), length: rest.length, version: "v1" };
    };
    return { opened, open };
  };

  it.for([true, false])("is opened again where it broke, in the same version (says so: %s)", async (says) => {
    const { opened, open } = server(4, says);
    let text = "";
    for await (const chunk of resumed(open, () => true)) text += new TextDecoder().decode(chunk);
    expect(text).toBe(content);
    expect(opened).toEqual([
      [0, undefined],
      [4, "v1"],
      [8, "v1"],
    ]);
  });

  it("fails where that doesn't help", async () => {
    const read = async (open: Parameters<typeof resumed>[0], mayResume: boolean): Promise<void> => {
      for await (const _ of resumed(open, () => mayResume));
    };
    await expect(read(server(4, true).open, false)).rejects.toBe(broken);
    const nothing = server(0, true);
    await expect(read(nothing.open, true)).rejects.toBe(broken);
    expect(nothing.opened).toHaveLength(4);
  });
});

describe("silence", () => {
  it("ends a request, but not while something is heard", async () => {
    using limit = new SilenceLimit(60, never);
    for (let index = 0; index < 4; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      limit.heard();
    }
    expect(limit.signal.aborted).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(limit.reasonOf(broken)).toMatchObject({ name: "TimeoutError" });
  });

  it("isn't what the reader is slow for", async () => {
    const limit = new SilenceLimit(60, never);
    async function* source() {
      yield 1;
      yield 2;
      await new Promise((_, reject) => limit.signal.addEventListener("abort", () => reject(broken)));
    }
    const items: number[] = [];
    const read = async (): Promise<void> => {
      for await (const item of limit.during(source())) {
        items.push(item);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await expect(read()).rejects.toMatchObject({ name: "TimeoutError" });
    expect(items).toEqual([1, 2]);
  });
});
