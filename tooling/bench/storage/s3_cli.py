"""AWS's command line, whose whole process counts: that is what its users wait for."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

task = json.load(sys.stdin)
bucket = f"s3://{task['reach']['bucket']}/{task['folder']}"
small = str(Path(task["from"]) / "small")
parameters = {
    "large up": ["cp", str(Path(task["from"]) / "large"), f"{bucket}/large"],
    "large down": ["cp", f"{bucket}/large", str(Path(task["to"]) / "large")],
    "small up": ["cp", "--recursive", small, f"{bucket}/small"],
    "small down": ["cp", "--recursive", f"{bucket}/small", task["to"]],
}[task["phase"]]
program = [str(Path(sys.executable).parent / "aws"), "s3", *parameters]
started = time.perf_counter()
subprocess.run([*program, "--no-progress", "--quiet"], check=True, stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = used.ru_utime + used.ru_stime
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakMegabytes": used.ru_maxrss / 1024}))
