"""What the publishing tests share: the job's own publishing over real boto3, and rows without Spark.

Run as a program it publishes one day and ends itself in mid-step: publishing.py ENDPOINT RUN_ID STEP
"""

import os
import sys
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
STEPS = ["locked", "started", "loaded", "publishing", *[f"published {name}" for name in NAMES], "recorded"]

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="ap-northeast-1")
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def files_of(endpoint: str) -> BucketFiles:
    return BucketFiles(BUCKET, open_client("s3", endpoint))


def catalog_of(endpoint: str) -> GlueCatalog:
    return GlueCatalog(open_client("glue", endpoint), DATABASE, f"s3://{BUCKET}/")


def publish(endpoint: str, run_id: str, **more):
    """One run of the day; `rows` stands for what Spark wrote, as files in the bucket."""
    rows = more.pop("rows", 3)
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
    return run_day(DayRequest(DAY, run_id, TABLES), deps)


def written_day(request: DayRequest, files: BucketFiles, rows: int):
    tables = []
    for name in NAMES:
        prefix = run_prefix(name, request.day, request.run_id)
        files.write(f"{prefix}part-00000.zstd.parquet", b"PAR1" * rows)
        contract = next(t["contract"] for t in TABLES if t["contract"]["table"] == name)
        measure = {"rows": rows, "checksum": str(rows * 7), "sums": {column: "1.00" for column in contract["sums"]}}
        written = [{"key": f"{prefix}part-00000.zstd.parquet", "bytes": 4 * rows, "rows": rows}]
        tables.append(
            {"table": name, "prefix": prefix, "files": written, "source": measure, "lake": measure, "checks": []}
        )
    return {"snapshotAt": "2026-11-21 17:00:00.000000", "tables": tables}


if __name__ == "__main__":
    endpoint, run_id, fatal_step = sys.argv[1:]

    def die_at(step: str) -> None:
        if step == fatal_step:
            os._exit(9)

    publish(endpoint, run_id, after_step=die_at, rows=5)
