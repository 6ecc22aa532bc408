"""The job's publishing against moto's S3 and Glue, with real boto3, and with faults on the way."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest
from fault_server import DENY, LOSE, THROTTLE, Fault, FaultServer
from publishing import BUCKET, DATABASE, DAY, NAMES, TWO, catalog_of, files_of, open_client, publish
from failures import DayFailure
from lake_keys import lock_prefix, manifest_key

FIRST = "20261122T170000000Z-aaaaaa"
SECOND = "20261122T180000000Z-bbbbbb"
THIRD = "20261122T190000000Z-cccccc"


@pytest.fixture(scope="session")
def moto():
    """In a process of its own, so that it works beside the job and not in turns with it."""
    port = free_port()
    program = [os.path.join(os.path.dirname(sys.executable), "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        endpoint = f"http://127.0.0.1:{port}"
        wait_until_it_answers(endpoint, server)
        yield endpoint
        server.kill()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_until_it_answers(endpoint, server):
    for _ in range(600):
        try:
            return urllib.request.urlopen(f"{endpoint}/moto-api/data.json").read()
        except urllib.error.URLError:
            assert server.poll() is None, "moto has ended"
            time.sleep(0.1)
    raise AssertionError("moto does not answer")


@pytest.fixture
def aws(moto):
    """A fault server before an empty moto that has the bucket and the database."""
    urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST")).read()
    region = {"LocationConstraint": "ap-northeast-1"}
    open_client("s3", moto).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
    open_client("glue", moto).create_database(DatabaseInput={"Name": DATABASE})
    with FaultServer(moto) as server:
        yield server


def locations(aws):
    catalog = catalog_of(aws.upstream)
    return {name: (catalog.location_of(name, DAY) or "").split("/")[-3:-2] for name in NAMES}


def runs_seen(aws):
    return [run[0] if run else None for run in locations(aws).values()]


def manifest(aws, run_id):
    return json.loads(files_of(aws.upstream).read(manifest_key(DAY, run_id)))


def let_the_lock_grow_old(aws):
    """As if its owner had been silent for two minutes."""
    files = files_of(aws.upstream)
    for file in files.list_below(lock_prefix(DAY)):
        lock = json.loads(files.read(file["key"]))
        files.write(file["key"], json.dumps({**lock, "heartbeatMs": int(time.time() * 1000) - 120_000}).encode())


def test_a_day_is_published_by_pointing_every_partition_at_this_runs_files(aws):
    publish(aws.endpoint, FIRST)
    assert runs_seen(aws) == [FIRST] * len(NAMES)
    table = open_client("glue", aws.upstream).get_table(DatabaseName=DATABASE, Name="orders")["Table"]
    assert table["StorageDescriptor"]["Location"] == f"s3://{BUCKET}/lake/orders/_no_partition/"
    assert [key["Name"] for key in table["PartitionKeys"]] == ["dt"]
    said = manifest(aws, FIRST)
    assert (said["state"], said["engine"], said["publishes"]) == ("verified", "spark", FIRST)
    released = files_of(aws.upstream).list_below(lock_prefix(DAY))
    assert [json.loads(files_of(aws.upstream).read(file["key"]))["released"] for file in released] == [True]


def test_publishing_again_switches_and_remembers_what_was_there(aws):
    publish(aws.endpoint, FIRST)
    publish(aws.endpoint, SECOND, rows=4)
    assert runs_seen(aws) == [SECOND] * len(NAMES)
    assert manifest(aws, SECOND)["previousRunId"] == FIRST
    place = {"DatabaseName": DATABASE, "TableName": "orders", "PartitionValues": [DAY]}
    partition = open_client("glue", aws.upstream).get_partition(**place)["Partition"]
    assert partition["Parameters"]["dp.previous_run_id"] == FIRST
    assert partition["Parameters"]["dp.rows"] == "4"
    # Who still reads the old files goes on reading them.
    assert files_of(aws.upstream).list_below(f"lake/orders/{FIRST}/") != []


def test_a_switch_that_is_refused_midway_fails_the_day_and_the_next_run_makes_it_whole(aws):
    publish(aws.endpoint, FIRST)
    aws.faults = [Fault("UpdatePartition", DENY, times=1, skip=2)]
    with pytest.raises(Exception, match="not allowed here"):
        publish(aws.endpoint, SECOND)
    assert runs_seen(aws) == [SECOND, SECOND, FIRST, FIRST, FIRST]
    assert manifest(aws, SECOND)["state"] == "failed"
    publish(aws.endpoint, THIRD)
    assert runs_seen(aws) == [THIRD] * len(NAMES)


@pytest.mark.parametrize(
    "call", ["CreatePartition", "CreateTable", "UpdatePartition", "GetTable", f"{FIRST}.json", f"{SECOND}.json", "lake"]
)
def test_throttled_calls_are_made_again(aws, call):
    publish(aws.endpoint, FIRST) if call == "UpdatePartition" else None
    aws.faults = [Fault(call, THROTTLE, times=2)]
    publish(aws.endpoint, SECOND)
    assert runs_seen(aws) == [SECOND] * len(NAMES)


@pytest.mark.parametrize(
    "call", ["CreatePartition", "CreateTable", "UpdatePartition", "locks/dt=2026-11-21/00000001.json"]
)
def test_a_lost_answer_does_not_make_the_day_fail_or_be_done_twice(aws, call):
    publish(aws.upstream, FIRST) if call == "UpdatePartition" else None
    aws.faults = [Fault(call, LOSE, times=1)]
    publish(aws.endpoint, SECOND)
    assert runs_seen(aws) == [SECOND] * len(NAMES)
    assert manifest(aws, SECOND)["state"] == "verified"


def test_a_run_id_cannot_be_used_twice(aws):
    publish(aws.endpoint, FIRST)
    before = manifest(aws, FIRST)
    with pytest.raises(DayFailure, match=FIRST) as refused:
        publish(aws.endpoint, FIRST, rows=4)
    assert refused.value.code == "run-id-used"
    assert manifest(aws, FIRST) == before
    # Neither is one that failed: its files may lie there half written.
    with pytest.raises(ValueError):
        publish(aws.endpoint, SECOND, after_step=fail_when_loaded)
    with pytest.raises(DayFailure, match=SECOND):
        publish(aws.endpoint, SECOND)
    publish(aws.endpoint, THIRD)
    assert runs_seen(aws) == [THIRD] * len(NAMES)


def fail_when_loaded(step):
    if step == "loaded":
        raise ValueError("a bad row")


def test_of_two_jobs_at_once_one_publishes_and_the_other_says_who_holds_the_day(aws):
    loading, done = threading.Event(), threading.Event()

    def wait_while_loading(step):
        if step == "started":
            loading.set()
            done.wait(30)

    first = threading.Thread(target=publish, args=(aws.endpoint, FIRST), kwargs={"after_step": wait_while_loading})
    first.start()
    assert loading.wait(30)
    with pytest.raises(DayFailure, match=FIRST) as refused:
        publish(aws.endpoint, SECOND)
    done.set()
    first.join()
    assert refused.value.code == "day-is-running"
    assert runs_seen(aws) == [FIRST] * len(NAMES)


def test_many_jobs_racing_for_one_lock_never_hold_it_together(aws):
    results = []

    def race(number):
        try:
            publish(aws.endpoint, f"20261122T1700000{number:02d}Z-aaaaaa")
            results.append("published")
        except DayFailure as failure:
            results.append(failure.code)

    racers = [threading.Thread(target=race, args=(number,)) for number in range(5)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(results) == 5 and "published" in results
    assert set(results) <= {"published", "day-is-running"}
    assert len(set(runs_seen(aws))) == 1


def test_a_run_that_lost_its_day_while_loading_publishes_nothing(aws):
    def be_taken_over(step):
        if step == "loaded":
            let_the_lock_grow_old(aws)
            publish(aws.endpoint, SECOND)

    with pytest.raises(DayFailure) as lost:
        publish(aws.endpoint, FIRST, after_step=be_taken_over)
    assert lost.value.code == "lock-lost"
    assert runs_seen(aws) == [SECOND] * len(NAMES)


@pytest.fixture
def doomed(aws):
    """Publishes in a process that is killed before its n-th call, and tells whether it came so far."""
    program = [sys.executable, __file__.replace("test_publishing", "publishing"), aws.upstream]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:

        def publish_until(run_id, call):
            child.stdin.write(f"{run_id} {call}\n")
            child.stdin.flush()
            return child.stdout.readline().strip()

        yield publish_until
        child.stdin.close()


def test_killed_before_any_call_to_aws_readers_see_the_old_table_or_the_new_one_and_a_rerun_converges(aws, doomed):
    published = "20261122T100000000Z-aaaaaa"
    publish(aws.upstream, published, tables=TWO)
    halves = set()
    for call in range(1, 100):
        killed, healing = (f"20261123T{call:09d}Z-{letter * 6}" for letter in "ab")
        end = doomed(killed, call)
        seen = runs_seen(aws)[: len(TWO)]
        switched = seen.count(killed)
        assert seen == [killed] * switched + [published] * (len(TWO) - switched), call
        assert_files_are_there(aws)
        if end == "ended":
            break
        assert end == "killed"
        halves.add(switched)
        if holder(aws) == killed:
            with pytest.raises(DayFailure, match=killed):
                publish(aws.upstream, healing, tables=TWO)
            let_the_lock_grow_old(aws)
        publish(aws.upstream, healing, tables=TWO)
        assert runs_seen(aws)[: len(TWO)] == [healing] * len(TWO), call
        assert manifest(aws, healing)["state"] == "verified"
        # A run reads the manifests of all before it: so that each makes the same calls.
        files_of(aws.upstream).delete([manifest_key(DAY, run) for run in (killed, published)])
        published = healing
    assert end == "ended" and halves == {0, 1, 2}, "every call was tried, until none was left"


def holder(aws):
    files = files_of(aws.upstream)
    lock = json.loads(files.read(files.list_below(lock_prefix(DAY))[-1]["key"]))
    return None if lock["released"] else lock["runId"]


def assert_files_are_there(aws):
    files = files_of(aws.upstream)
    for name, run in zip(NAMES, runs_seen(aws)):
        assert run is None or files.list_below(f"lake/{name}/{run}/dt={DAY}/") != [], name
