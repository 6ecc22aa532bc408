"""Runs a command and prints, as JSON, its seconds and the peak memory of its largest process in MB."""

import json
import resource
import subprocess
import sys
import time

begun = time.perf_counter()
ended = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
seconds = time.perf_counter() - begun
if ended.returncode != 0:
    sys.exit(ended.stderr[-800:])
print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}))
