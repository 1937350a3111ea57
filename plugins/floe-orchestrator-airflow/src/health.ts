import type { ServiceAnswer, ServiceQuestion } from "@floe/core";
import { z } from "zod";

const part = z.object({ status: z.string().nullish() });
const healthSchema = z.object({
  metadatabase: part,
  scheduler: part,
  dag_processor: part.nullish(),
});

/**
 * Airflow's own word on its health; needs no login.
 *
 * @see https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/check-health.html
 */
export function healthQuestion(url: string): ServiceQuestion {
  return {
    service: "Airflow",
    url,
    setting: "plugins.orchestrator.config.url",
    path: "api/v2/monitor/health",
    judge: (body) => judge(body, url),
  };
}

function judge(body: unknown, url: string): ServiceAnswer | undefined {
  const health = healthSchema.safeParse(body);
  if (!health.success) return undefined;
  const { metadatabase, scheduler, dag_processor: processor } = health.data;
  if (metadatabase.status !== "healthy") {
    return { problem: `Airflow answers at ${url}, but can't reach its database.`, next: "airflow db check" };
  }
  const stopped = [
    ...(scheduler.status === "healthy" ? [] : ["scheduler"]),
    ...(processor == null || processor.status === "healthy" ? [] : ["dag-processor"]),
  ];
  if (stopped.length === 0) return { version: "3" };
  return {
    problem: `Airflow answers at ${url}, but nothing is scheduled: its ${stopped.join(" and ")} gives no sign of life.`,
    next: `Start what is missing: ${stopped.map((name) => `airflow ${name}`).join(", ")}`,
  };
}
