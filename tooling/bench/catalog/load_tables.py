"""Loads tables with pyiceberg: one after another, or on threads. Prints seconds of wall and of CPU time."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from pyiceberg.catalog import load_catalog

properties, tables, loads, at_once = json.loads(sys.argv[1])
catalog = load_catalog("lake", **properties)
names = [tables[index % len(tables)] for index in range(loads)]
catalog.load_table(names[0])

wall, cpu = time.perf_counter(), time.process_time()
if at_once == 1:
    snapshots = [catalog.load_table(name).metadata.current_snapshot_id for name in names]
else:
    with ThreadPoolExecutor(at_once) as pool:
        snapshots = list(pool.map(lambda name: catalog.load_table(name).metadata.current_snapshot_id, names))
seconds = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"wall": seconds[0], "cpu": seconds[1], "snapshots": sorted({str(one) for one in snapshots})}))
