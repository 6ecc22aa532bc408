"""The job's pure modules: arguments, days, manifests, drift."""

import json
from datetime import datetime, timezone

import pytest
from arguments import parse_arguments
from business_day import DayWindow, day_of_schedule, day_window, slices_of
from failures import DayFailure
from manifest import begun_manifest, format_manifest, published_run
from measure import differences, measure_of
from source_drift import broken_columns, extra_columns, hive_type

LOCAL = ["--definitions", "d", "--lake-folder", "l", "--database-access", "a", "--run-id", "r"]


def test_the_schedule_at_two_in_tokyo_loads_the_day_that_has_just_ended():
    assert day_of_schedule(datetime(2026, 11, 22, 17, 0, tzinfo=timezone.utc)) == "2026-11-22"
    assert parse_arguments([*LOCAL, "--scheduled-time", "2026-12-31T17:00:00Z"]).day == "2026-12-31"


def test_a_late_start_still_loads_the_day_of_its_schedule():
    assert parse_arguments([*LOCAL, "--scheduled-time", "2026-11-22T17:00:00Z"]).day == "2026-11-22"


def test_a_date_that_a_person_gave_wins_over_the_schedule():
    words = [*LOCAL, "--scheduled-time", "2026-11-22T17:00:00Z", "--date=2026-01-02"]
    assert parse_arguments(words).day == "2026-01-02"


@pytest.mark.parametrize("day", ["2026-02-30", "2026-1-2", "today", "20261122", ""])
def test_days_that_the_calendar_does_not_have_are_refused(day):
    with pytest.raises(DayFailure) as refused:
        parse_arguments([*LOCAL, "--date", day])
    assert refused.value.code == "bad-argument"


def test_what_is_missing_is_named():
    with pytest.raises(DayFailure, match="--lake-bucket"):
        parse_arguments(["--definitions", "s3://b/lake/", "--database-secret-arn", "arn", "--date", "2026-01-01"])


def test_glues_own_arguments_are_let_be():
    words = [*LOCAL, "--date", "2026-01-01", "--enable-metrics", "--job-language", "python", "--JOB_RUN_ID", "jr_1"]
    assert parse_arguments(words).job_run_id == "jr_1"


@pytest.mark.parametrize("readers", ["0", "65", "two", "-1"])
def test_the_number_of_readers_has_limits(readers):
    with pytest.raises(DayFailure, match="--readers"):
        parse_arguments([*LOCAL, "--date", "2026-01-01", "--readers=" + readers])


def test_a_day_in_japan_begins_at_three_in_the_afternoon_of_the_day_before():
    assert day_window("2026-03-01") == DayWindow("2026-02-28 15:00:00.000000", "2026-03-01 15:00:00.000000")


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def test_slices_touch_and_do_not_overlap(count):
    pieces = slices_of(day_window("2026-11-21"), count)
    assert len(pieces) == count
    assert pieces[0].from_utc == "2026-11-20 15:00:00.000000"
    assert pieces[-1].to_utc == "2026-11-21 15:00:00.000000"
    assert all(a.to_utc == b.from_utc for a, b in zip(pieces, pieces[1:]))


def test_a_manifest_has_the_bytes_that_dp_writes():
    manifest = begun_manifest("2026-11-21", "20261122T170000000Z-abcdef", "2026-11-22T17:00:00.000Z", None, [])
    assert format_manifest(manifest).decode() == (
        '{\n  "version": 1,\n  "kind": "load",\n  "date": "2026-11-21",\n'
        '  "runId": "20261122T170000000Z-abcdef",\n  "state": "running",\n  "engine": "spark",\n'
        '  "startedAt": "2026-11-22T17:00:00.000Z",\n  "tables": {}\n}\n'
    )
    assert json.loads(format_manifest({**manifest, "note": "日本"}))["note"] == "日本"


def test_what_readers_see_is_the_newest_that_published_or_what_it_points_back_at():
    runs = [
        {"runId": "1", "state": "verified"},
        {"runId": "3", "state": "failed"},
        {"runId": "2", "state": "loaded", "publishes": "0"},
    ]
    assert published_run(runs) == "0"
    assert published_run([runs[1]]) is None


def test_sums_have_the_scale_of_their_column():
    contract = {"sums": ["a", "b"], "columns": [{"name": "a", "type": "decimal(14,2)"}, {"name": "b", "type": "int"}]}
    assert measure_of(contract, ["0", "0", "0", "0"]) == {"rows": 0, "checksum": "0", "sums": {"a": "0.00", "b": "0"}}


def test_a_difference_is_said_in_words():
    one = {"rows": 1, "checksum": "5", "sums": {"a": "1"}}
    assert differences(one, one) == []
    assert differences(one, {**one, "rows": 2}) == ["1 rows in the database, 2 in the lake"]
    assert "checksums differ" in differences(one, {**one, "checksum": "6"})[0]


def test_columns_that_are_gone_or_of_another_type_are_broken_and_new_ones_are_left_out():
    source = {"table": "orders", "columns": [{"name": "id", "type": "bigint"}, {"name": "total", "type": "decimal(14,2)"}]}
    assert broken_columns(source, None) == ["The table orders is missing."]
    actual = {"id": "bigint(20)", "total": "decimal(14,3)", "gift": "int(11)"}
    assert broken_columns(source, actual) == [
        "The column orders.total is decimal(14,3), and the contract reads decimal(14,2)."
    ]
    assert extra_columns(source, actual) == ["The column orders.gift (int(11)) is in no contract and is left out."]


@pytest.mark.parametrize(
    "server, hive",
    [
        ("bigint(20) unsigned", "decimal(20,0)"),
        ("bigint unsigned", "decimal(20,0)"),
        ("int(10) unsigned", "bigint"),
        ("tinyint(1)", "tinyint"),
        ("varchar(80)", "string"),
        ("enum('a','unsigned')", "string"),
        ("datetime(6)", "timestamp"),
        ("decimal(38,10)", "decimal(38,10)"),
        ("double", "double"),
    ],
)
def test_the_servers_types_have_one_meaning(server, hive):
    assert hive_type(server) == hive
