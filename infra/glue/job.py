"""Loads one day of the shop into the lake: the Glue job, and what `dp etl run --engine spark` runs here.

Arguments in, rows read, tables written; all decisions are in the modules beside this file. Every line that begins
with `DP-EVENT ` is an event for dp, as JSON; the rest is for people.
"""

import json
import os
import sys
import threading
from typing import Any

from arguments import Arguments, parse_arguments
from contracts import Table, read_tables
from failures import DayFailure
from lake_files import LocalFiles
from load_day import DayRequest, DayWork, load_day
from spark_session import open_spark
from trust_store import with_trust_store

EVENT = "DP-EVENT "
_printing = threading.Lock()


def main(words: list[str]) -> int:
    """Gives the exit code: 0 when the day is loaded, 1 when it failed in a way that is told."""
    try:
        arguments = parse_arguments(words)
        if arguments.lake_folder is not None:
            return load_for_caller(arguments)
        from glue_run import run_on_glue

        return run_on_glue(arguments, notify)
    except DayFailure as failure:
        notify("failed", code=failure.code, message=str(failure))
        return 1
    except Exception as error:
        notify("failed", code="engine-failed", message=_first_lines(error))
        raise


def load_for_caller(arguments: Arguments) -> int:
    """Loads into a folder and hands the result to the caller, which judges and publishes it."""
    access = read_access(arguments.access_file or "")
    tables = read_local_tables(arguments.definitions)
    spark = open_spark(f"dp {arguments.day}", local=True)
    notify("spark-ready")
    try:
        access = with_trust_store(access, spark)
        work = DayWork(spark, access, LocalFiles(arguments.lake_folder or ""), notify)
        request = DayRequest(arguments.day, arguments.run_id or "", tables, arguments.readers)
        notify("loaded", day=load_day(request, work))
    finally:
        spark.stop()
    return 0


def read_access(path: str) -> dict[str, Any]:
    """The password is in no argument and no log; the file is gone as soon as it was read."""
    with open(path, encoding="utf-8") as file:
        access = json.load(file)
    os.unlink(path)
    return access


def read_local_tables(folder: str) -> list[Table]:
    names = [
        os.path.relpath(os.path.join(at, name), folder) for at, _, files in os.walk(folder) for name in files
    ]

    def read(name: str) -> str:
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            return file.read()

    return read_tables(names, read)


def notify(event: str, **fields: Any) -> None:
    line = json.dumps({"event": event, **fields}, ensure_ascii=False)
    with _printing:
        sys.stdout.write(f"{EVENT}{line}\n")
        sys.stdout.flush()


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split("\n")[:3])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
