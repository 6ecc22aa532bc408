"""What the publishing tests share: the job's own publishing over real boto3, and rows without Spark.

Run as a program it publishes days in processes that are killed: publishing.py ENDPOINT. Each line it reads is a run's
id and the number of the call to AWS before which it dies; it answers with what became of the process, `killed` or
`ended`. Forking takes milliseconds, where starting boto3 anew takes a second.
"""

import os
import signal
import sys
import traceback
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra" / "glue"))

from boto_calls import open_client  # noqa: E402
from glue_catalog import GlueCatalog  # noqa: E402
from job import read_local_tables  # noqa: E402
from lake_files import BucketFiles  # noqa: E402
from lake_keys import run_prefix  # noqa: E402
from load_day import DayRequest  # noqa: E402
from run_day import RunDeps, run_day  # noqa: E402

DAY = "2026-11-21"
BUCKET = "lake"
DATABASE = "staging_lake"
OWNER = {"host": "glue:jr_test", "pid": 1, "processStart": ""}
TABLES = read_local_tables(str(ROOT / "src" / "lake"))
NAMES = [table["contract"]["table"] for table in TABLES]
# Enough to see a day half published.
TWO = TABLES[:2]

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="ap-northeast-1")
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def files_of(endpoint: str) -> BucketFiles:
    return BucketFiles(BUCKET, open_client("s3", endpoint))


def catalog_of(endpoint: str) -> GlueCatalog:
    return GlueCatalog(open_client("glue", endpoint), DATABASE, f"s3://{BUCKET}/")


def publish(endpoint: str, run_id: str, **more):
    """One run of the day; `rows` stands for what Spark wrote, as files in the bucket."""
    rows, tables = more.pop("rows", 3), more.pop("tables", TABLES)
    files = files_of(endpoint)
    deps = RunDeps(
        files=files,
        catalog=catalog_of(endpoint),
        load=lambda request: written_day(request, files, rows),
        now=lambda: datetime.now(timezone.utc),
        notify=more.pop("notify", lambda event, **fields: None),
        owner=OWNER,
        **more,
    )
    return run_day(DayRequest(DAY, run_id, tables), deps)


def written_day(request: DayRequest, files: BucketFiles, rows: int):
    tables = []
    for table in request.tables:
        contract = table["contract"]
        name = contract["table"]
        prefix = run_prefix(name, request.day, request.run_id)
        files.write(f"{prefix}part-00000.zstd.parquet", b"PAR1" * rows)
        measure = {"rows": rows, "checksum": str(rows * 7), "sums": {column: "1.00" for column in contract["sums"]}}
        written = [{"key": f"{prefix}part-00000.zstd.parquet", "bytes": 4 * rows, "rows": rows}]
        tables.append(
            {"table": name, "prefix": prefix, "files": written, "source": measure, "lake": measure, "checks": []}
        )
    return {"snapshotAt": "2026-11-21 17:00:00.000000", "tables": tables}


def publish_and_die(endpoint: str, run_id: str, fatal_call: int) -> None:
    """In a process of its own; SIGKILL lets nothing be tidied up."""
    import boto3

    calls = 0

    def count(**_) -> None:
        nonlocal calls
        calls += 1
        if calls == fatal_call:
            os.kill(os.getpid(), signal.SIGKILL)

    boto3.DEFAULT_SESSION.events.register("before-send", count)
    publish(endpoint, run_id, tables=TWO)


def fork_and_wait(endpoint: str, run_id: str, fatal_call: int) -> str:
    pid = os.fork()
    if pid == 0:
        try:
            publish_and_die(endpoint, run_id, fatal_call)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {-signal.SIGKILL: "killed", 0: "ended"}.get(status, f"exit {status}")


if __name__ == "__main__":
    open_client("s3"), open_client("glue")  # Loads what the processes then share.
    for line in sys.stdin:
        run_id, fatal_call = line.split()
        print(fork_and_wait(sys.argv[1], run_id, int(fatal_call)), flush=True)
