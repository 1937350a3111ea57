"""One of PyArrow's file systems, with threads for the small files."""

import json
import resource
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyarrow import fs

task = json.load(sys.stdin)
reach = task["reach"]
store = getattr(fs, reach["pyarrow"]["file_system"])(**reach["pyarrow"]["options"])
source, target = Path(task["from"]), Path(task["to"])
MIB = 1024 * 1024


def at(name: str) -> str:
    return f"{reach['bucket']}/{task['folder']}/{name}"


def up(name: str, path: Path) -> None:
    with path.open("rb") as file, store.open_output_stream(at(name)) as stream:
        shutil.copyfileobj(file, stream, 8 * MIB)


def down(name: str, path: Path) -> None:
    with store.open_input_stream(at(name)) as stream, path.open("wb") as file:
        shutil.copyfileobj(stream, file, 8 * MIB)


def each(work) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, task["names"]))


phases = {
    "large up": lambda: up("large", source / "large"),
    "large down": lambda: down("large", target / "large"),
    "small up": lambda: each(lambda name: up(name, source / "small" / name)),
    "small down": lambda: each(lambda name: down(name, target / name)),
}
assert store.get_file_info(reach["bucket"]).type == fs.FileType.Directory
before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
phases[task["phase"]]()
seconds = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakMegabytes": after.ru_maxrss / 1024}))
