import { limitTo } from "@floe/core/storage";
import { expect, it } from "vitest";

it("at most so many calls are under way, in order, also after some failed", async () => {
  const limited = limitTo(3);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) =>
      limited(async () => {
        order.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (index % 7 === 0) throw new Error(`failed ${index}`);
        return index;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(8);
  expect(await limited(async () => "still")).toBe("still");
});
