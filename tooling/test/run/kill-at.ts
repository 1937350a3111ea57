/** Runs a product in a process of its own and kills itself at an event: `node kill-at.ts <dir> <event>`. */
import { runProduct } from "@floe/host/run";

const [dir = "", at = ""] = process.argv.slice(2);

await runProduct({
  cwd: dir,
  env: process.env,
  observe(event) {
    const name =
      event.type === "node"
        ? `${event.name} ${event.node.status}`
        : event.type === "step-started"
          ? `${event.step} started`
          : event.type === "step-ended"
            ? `${event.step.name} ended`
            : event.type === "check"
              ? `check ${event.result.expectation.name}`
              : event.type;
    if (name === at) process.kill(process.pid, "SIGKILL");
  },
});
