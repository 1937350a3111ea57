"""An fsspec file system: gcsfs or adlfs, with their own concurrency for the small files."""

import json
import os
import resource
import sys
import time
from pathlib import Path

# gcsfs would look for Google's metadata server, and speak gRPC to ask what kind of bucket it is.
os.environ |= {"NO_GCE_CHECK": "true", "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}

import fsspec

task = json.load(sys.stdin)
reach = task["reach"]
store = fsspec.filesystem(reach["fsspec"]["protocol"], **reach["fsspec"]["options"])
source, target = Path(task["from"]), Path(task["to"])
folder = f"{reach['bucket']}/{task['folder']}"
remote = [f"{folder}/{name}" for name in task["names"]]
phases = {
    "large up": lambda: store.put_file(str(source / "large"), f"{folder}/large"),
    "large down": lambda: store.get_file(f"{folder}/large", str(target / "large")),
    "small up": lambda: store.put([str(source / "small" / name) for name in task["names"]], remote),
    "small down": lambda: store.get(remote, [str(target / name) for name in task["names"]]),
}
store.exists(f"{folder}/nothing")
before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
phases[task["phase"]]()
seconds = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakMegabytes": after.ru_maxrss / 1024}))
