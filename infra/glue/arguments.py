"""The job's arguments: from Glue, from the scheduler, or typed as plain `--key value`.

| argument              |                                                                                    |
|-----------------------|------------------------------------------------------------------------------------|
| --date                | the Japanese business day                                                          |
| --scheduled-time      | when the schedule meant to start, ISO 8601 in UTC: the day that had just ended     |
| --environment         | `staging`                                                                          |
| --database-secret-arn | the secret with host, port, username, password, dbname                             |
| --lake-bucket         | the ETL bucket                                                                     |
| --catalog-database    | the database of the published tables                                               |
| --definitions         | where src/lake lies: `s3://…/lake/` or a folder                                    |
| --run-id              | given by dp when it started the run, so that it finds it again                     |
| --readers             | connections that read side by side; 1 is one snapshot, more are proved afterwards  |
| --force               | `true`: publish although error checks fail                                         |
| --lake-folder         | a folder instead of a bucket: the caller publishes                                 |
| --database-access     | a file of its owner only, JSON, instead of a secret; read once and deleted         |
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from business_day import day_of_schedule, parse_day
from failures import bad_argument

READERS_MAX = 64


@dataclass(frozen=True)
class Arguments:
    day: str
    environment: str
    definitions: str
    readers: int
    force: bool
    run_id: Optional[str]
    job_run_id: Optional[str]
    secret_arn: Optional[str]
    bucket: Optional[str]
    catalog_database: Optional[str]
    lake_folder: Optional[str]
    access_file: Optional[str]


def parse_arguments(words: list[str]) -> Arguments:
    """Raises DayFailure for arguments that are missing or make no sense. Unknown ones are Glue's own."""
    given = _pairs(words)
    local = "lake-folder" in given
    needed = ["definitions"] + (
        ["lake-folder", "database-access", "run-id"]
        if local
        else ["database-secret-arn", "lake-bucket", "catalog-database"]
    )
    for name in needed:
        if name not in given:
            raise bad_argument(name, "it is missing")
    return Arguments(
        day=_day(given),
        environment=given.get("environment", "local"),
        definitions=given["definitions"],
        readers=_readers(given.get("readers", "1")),
        force=given.get("force", "false") == "true",
        run_id=given.get("run-id"),
        job_run_id=given.get("JOB_RUN_ID"),
        secret_arn=given.get("database-secret-arn"),
        bucket=given.get("lake-bucket"),
        catalog_database=given.get("catalog-database"),
        lake_folder=given.get("lake-folder"),
        access_file=given.get("database-access"),
    )


def _pairs(words: list[str]) -> dict[str, str]:
    """`--key value` and `--key=value`; a key without a value is true. The last of a name wins."""
    found: dict[str, str] = {}
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if not word.startswith("--"):
            continue
        name, equals, value = word[2:].partition("=")
        if not equals:
            takes = index < len(words) and not words[index].startswith("--")
            value = words[index] if takes else "true"
            index += takes
        found[name] = value
    return found


def _day(given: dict[str, str]) -> str:
    # A date is asked for by a person, and wins over the schedule's own argument.
    if "date" in given:
        try:
            return parse_day(given["date"])
        except ValueError as error:
            raise bad_argument("date", f"{given['date']} is not a day ({error})") from error
    if "scheduled-time" not in given:
        raise bad_argument("date", "neither it nor --scheduled-time is given")
    try:
        scheduled = datetime.fromisoformat(given["scheduled-time"].replace("Z", "+00:00"))
    except ValueError as error:
        raise bad_argument("scheduled-time", str(error)) from error
    if scheduled.tzinfo is None:
        raise bad_argument("scheduled-time", "it does not say its zone")
    return day_of_schedule(scheduled)


def _readers(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= READERS_MAX:
        raise bad_argument("readers", f"{text} is not a number from 1 to {READERS_MAX}")
    return int(text)
