"""One day under its lock, published by the job itself: what src/operations/load-one-day.ts does, on AWS.

The order is what keeps readers safe. Files lie below a prefix of this run before anything points at them; a manifest
says `publishing` before the first switch; each switch is one call; the manifest says `verified` when all are done.
Killed anywhere, the day is the old one or the new one, table by table, and running it again makes it whole.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

from business_day import day_at
from contracts import definition_hash
from day_lock import DayLock
from failures import DayFailure, checks_failed, lake_differs, run_id_used
from lake_keys import manifest_key, manifest_prefix
from load_day import DayRequest
from manifest import Manifest, begun_manifest, format_manifest, published_run
from measure import differences

Loaded = dict[str, Any]


@dataclass(frozen=True)
class RunDeps:
    """`load` moves the rows and gives a loaded day; `after_step` is told each step that has taken effect."""

    files: Any
    catalog: Any
    load: Callable[[DayRequest], Loaded]
    now: Callable[[], datetime]
    notify: Callable[..., None]
    owner: dict[str, Any]
    force: bool = False
    warnings: tuple[str, ...] = ()
    after_step: Callable[[str], None] = lambda step: None


def run_day(request: DayRequest, deps: RunDeps) -> Manifest:
    """Loads, checks and publishes the day. Raises DayFailure when it may not be published; that is recorded."""
    with DayLock(deps.files, request.day, request.run_id, deps.owner) as lock:
        deps.after_step("locked")
        known = _manifests_of(request.day, deps)
        # Files of a run are never written twice, be it that the service starts the same arguments again.
        if any(manifest["runId"] == request.run_id for manifest in known):
            raise run_id_used(request.day, request.run_id)
        previous = published_run(known)
        begun = begun_manifest(request.day, request.run_id, _iso(deps.now()), previous, list(deps.warnings))
        _write(begun, deps)
        deps.after_step("started")
        deps.notify("day-started", date=request.day, runId=request.run_id)
        try:
            return _load_and_publish(begun, request, lock, deps)
        except Exception as error:
            _record_failure(begun, error, deps)
            raise


def _load_and_publish(begun: Manifest, request: DayRequest, lock: DayLock, deps: RunDeps) -> Manifest:
    loaded = deps.load(request)
    deps.after_step("loaded")
    forced = _judge(request.day, loaded, deps)
    publishing = {
        **_without_tables(begun),
        "state": "publishing",
        "snapshotAt": loaded["snapshotAt"],
        **({"dimensionsTakenLater": True} if _is_later(request.day, deps.now()) else {}),
        **({"forced": True} if forced else {}),
        "tables": {table["table"]: _table_of(table, request, deps) for table in loaded["tables"]},
    }
    lock.assert_held()
    _write(publishing, deps)
    deps.after_step("publishing")
    _publish(publishing, request, deps)
    ended_at = _iso(deps.now())
    ended = {**publishing, "state": "verified", "publishes": request.run_id}
    ended |= {"endedAt": ended_at, "verifiedAt": ended_at}
    _write(ended, deps)
    deps.after_step("recorded")
    return ended


def _publish(manifest: Manifest, request: DayRequest, deps: RunDeps) -> None:
    # Definitions first: a partition needs its table, and a table without it is harmless.
    for table in request.tables:
        deps.catalog.ensure_table(table["contract"])
    for table in request.tables:
        contract = table["contract"]
        loaded = manifest["tables"][contract["table"]]
        previous = {"dp.previous_run_id": manifest["previousRunId"]} if "previousRunId" in manifest else {}
        parameters = {
            "dp.run_id": manifest["runId"],
            "dp.rows": str(loaded["lake"]["rows"]),
            "dp.bytes": str(sum(file["bytes"] for file in loaded["files"])),
            "dp.checksum": loaded["lake"]["checksum"],
            "dp.engine": "spark",
            **previous,
        }
        deps.catalog.switch_partition(contract, manifest["date"], loaded["location"], parameters)
        deps.after_step(f"published {contract['table']}")
        rows = loaded["lake"]["rows"]
        deps.notify("published", date=manifest["date"], table=contract["table"], rows=rows)


def _judge(day: str, loaded: Loaded, deps: RunDeps) -> bool:
    """Raises when the day may not be published; true when it is only because the operator insists."""
    differing = [
        f"{table['table']}: {difference}."
        for table in loaded["tables"]
        for difference in differences(table["source"], table["lake"])
    ]
    if differing:
        raise lake_differs(day, differing)
    errors = []
    for table in loaded["tables"]:
        for check in table["checks"]:
            if check["badRows"] == 0:
                continue
            words = (
                f"{table['table']}: {check['says'].removesuffix('.')} — {check['badRows']} rows break it, "
                f"such as {check['examples'][0]}."
            )
            if check["severity"] == "error":
                errors.append(words)
            if check["severity"] == "warn" or deps.force:
                deps.notify("warning", date=day, message=words)
    if errors and not deps.force:
        raise checks_failed(day, errors)
    return len(errors) > 0


def _table_of(loaded: dict[str, Any], request: DayRequest, deps: RunDeps) -> dict[str, Any]:
    table = next(one for one in request.tables if one["contract"]["table"] == loaded["table"])
    return {
        "location": deps.files.uri(loaded["prefix"]),
        "files": loaded["files"],
        "source": loaded["source"],
        "lake": loaded["lake"],
        "checks": [
            {key: check[key] for key in ("name", "severity", "badRows")} for check in loaded["checks"]
        ],
        "definition": definition_hash(table),
    }


def _record_failure(begun: Manifest, error: Exception, deps: RunDeps) -> None:
    code = error.code if isinstance(error, DayFailure) else "engine-failed"
    message = " ".join(str(error).split("\n")[:3])
    failed = {
        **_without_tables(begun),
        "state": "failed",
        "tables": {},
        "endedAt": _iso(deps.now()),
        "error": {"code": code, "message": message},
    }
    try:
        _write(failed, deps)
    except Exception as second:  # The manifest stays `running`, which the ledger reads as failed too.
        deps.notify("warning", message=f"Cannot record the failure: {second}")


def _manifests_of(day: str, deps: RunDeps) -> list[Manifest]:
    keys = [file["key"] for file in deps.files.list_below(manifest_prefix(day))]
    return [json.loads(deps.files.read(key)) for key in keys]


def _write(manifest: Manifest, deps: RunDeps) -> None:
    deps.files.write(manifest_key(manifest["date"], manifest["runId"]), format_manifest(manifest))


def _without_tables(manifest: Manifest) -> Manifest:
    return {key: value for key, value in manifest.items() if key != "tables"}


def _is_later(day: str, now: datetime) -> bool:
    """The day's dimensions are as of the load: one made days later says so."""
    after = datetime.fromisoformat(f"{day}T00:00:00+09:00") + timedelta(days=1)
    return day_at(now) > day_at(after)


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
