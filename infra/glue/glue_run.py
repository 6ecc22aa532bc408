"""The job as Glue starts it: credentials from Secrets Manager, files and catalog through boto3, its own publishing."""

import json
import os
import secrets
from datetime import datetime, timezone
from typing import Any, Callable
from urllib.parse import urlparse

from arguments import Arguments
from boto_calls import open_client
from contracts import Table, read_tables, sources_of
from failures import source_drifted
from glue_catalog import GlueCatalog
from lake_files import BucketFiles
from load_day import DayRequest, DayWork, load_day
from run_day import RunDeps, run_day
from source_drift import find_drift
from spark_session import open_spark

MYSQL_PORT = 3306


def run_on_glue(arguments: Arguments, notify: Callable[..., None]) -> int:
    s3 = open_client("s3")
    files = BucketFiles(arguments.bucket or "", s3)
    tables = read_bucket_tables(arguments.definitions, s3)
    access = read_secret(arguments.secret_arn or "")
    spark = open_spark(f"dp {arguments.day}", local=False)
    job = begin_bookmarkless_job(spark)
    broken, extra = find_drift(sources_of(tables), spark, access)
    if broken:
        raise source_drifted(broken)
    for message in extra:
        notify("warning", date=arguments.day, message=message)
    work = DayWork(spark, access, files, lambda event, **fields: notify(event, date=arguments.day, **fields))
    deps = RunDeps(
        files=files,
        catalog=GlueCatalog(open_client("glue"), arguments.catalog_database or "", files.root),
        load=lambda request: load_day(request, work),
        now=lambda: datetime.now(timezone.utc),
        notify=notify,
        owner=owner_of(arguments),
        force=arguments.force,
        warnings=tuple(extra),
    )
    request = DayRequest(arguments.day, arguments.run_id or new_run_id(), tables, arguments.readers)
    manifest = run_day(request, deps)
    measured = {
        name: {"rows": table["lake"]["rows"], "checksum": table["lake"]["checksum"]}
        for name, table in manifest["tables"].items()
    }
    notify("day-finished", date=arguments.day, state="verified", runId=request.run_id, tables=measured)
    if job is not None:
        job.commit()
    return 0


def begin_bookmarkless_job(spark: Any) -> Any:
    """Glue's own bookkeeping, where Glue is: awsglue exists nowhere else."""
    try:
        from awsglue.context import GlueContext
        from awsglue.job import Job
    except ImportError:
        return None
    return Job(GlueContext(spark.sparkContext))


def read_secret(arn: str) -> dict[str, Any]:
    """Host, port, user and password of the reader. They go into the connection and nowhere else."""
    value = open_client("secretsmanager").get_secret_value(SecretId=arn)
    secret = json.loads(value["SecretString"])
    return {
        "host": secret["host"],
        "port": secret.get("port", MYSQL_PORT),
        "user": secret["username"],
        "password": secret["password"],
        "database": secret["dbname"],
    }


def read_bucket_tables(uri: str, s3: Any) -> list[Table]:
    place = urlparse(uri)
    prefix = place.path.lstrip("/")
    definitions = BucketFiles(place.netloc, s3)
    names = [file["key"].removeprefix(prefix) for file in definitions.list_below(prefix)]
    return read_tables(names, lambda name: definitions.read(prefix + name).decode())


def owner_of(arguments: Arguments) -> dict[str, Any]:
    """Who holds the day, in the words of dp's locks: nobody elsewhere can ask whether it still lives."""
    return {"host": f"glue:{arguments.job_run_id or 'unknown'}", "pid": os.getpid(), "processStart": ""}


def new_run_id() -> str:
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%f")[:-3]
    return f"{stamp}Z-{secrets.token_hex(3)}"
