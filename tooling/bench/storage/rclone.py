"""rclone, whose whole process counts: that is what its users wait for. Its remote is in the environment."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

task = json.load(sys.stdin)
reach = task["reach"]
remote = f"lake:{reach['bucket']}/{task['folder']}"
source, target = Path(task["from"]), Path(task["to"])
parameters = {
    "large up": ["copyto", str(source / "large"), f"{remote}/large"],
    "large down": ["copyto", f"{remote}/large", str(target / "large")],
    "small up": ["copy", str(source / "small"), f"{remote}/small"],
    "small down": ["copy", f"{remote}/small", str(target)],
}[task["phase"]]
# As many at a time as the others have, and nothing is left out because it is there already.
options = ["--transfers", "16", "--checkers", "16", "--ignore-times", "--config", ""]
started = time.perf_counter()
subprocess.run([reach["rclone"], *parameters, *options], check=True, stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = used.ru_utime + used.ru_stime
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakMegabytes": used.ru_maxrss / 1024}))
