/** What {@link withinLimit} rejects with when time is up. */
export class TimeUp extends Error {
  override readonly name = "TimeUp";
}

/** The task's outcome, or `TimeUp` after so many milliseconds; what the task does afterwards is ignored. */
export async function withinLimit<T>(limitMs: number, message: () => string, task: Promise<T>): Promise<T> {
  const time = Promise.withResolvers<never>();
  const timer = setTimeout(() => time.reject(new TimeUp(message())), limitMs);
  try {
    return await Promise.race([task, time.promise]);
  } finally {
    clearTimeout(timer);
  }
}
