"""One run at a time for each day, by S3's conditional writes: the same generations of locks as dp's own.

A lock is taken by writing the next generation where nothing may exist yet, and given back by marking it released.
A run that is silent for long has died, and the next takes over.
"""

import json
import re
import threading
import time
from typing import Any, Optional

from failures import day_is_running, lock_lost
from lake_keys import lock_key, lock_prefix

HEARTBEAT_EVERY_S = 10
HEARTBEAT_LOST_MS = 90_000


class DayLock:
    """Held from `with` to its end; beats in a thread of its own."""

    def __init__(self, files: Any, day: str, run_id: str, owner: dict[str, Any]) -> None:
        self._files, self._day, self._run_id, self._owner = files, day, run_id, owner
        self._generation = 0
        self._stop = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "DayLock":
        while True:
            newest = _newest(self._files, self._day)
            if newest is not None and _holds(newest["lock"]):
                raise day_is_running(self._day, newest["lock"]["runId"])
            self._generation = (0 if newest is None else newest["generation"]) + 1
            if not self._files.write_if_absent(self._key(), self._text(released=False)):
                continue  # Somebody was faster: look again at what is there now.
            if newest is not None:
                self._files.delete(newest["keys"])
            self._beating.start()
            return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._beating.join()
        if self._is_newest():
            self._files.write(self._key(), self._text(released=True))

    def assert_held(self) -> None:
        if not self._is_newest():
            raise lock_lost(self._day, self._run_id)

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_EVERY_S):
            try:
                if self._is_newest():
                    self._files.write(self._key(), self._text(released=False))
            except Exception:  # A missed beat is no failure: others wait for many before they take over.
                continue

    def _is_newest(self) -> bool:
        newest = _newest(self._files, self._day)
        return newest is not None and newest["generation"] == self._generation

    def _key(self) -> str:
        return lock_key(self._day, self._generation)

    def _text(self, released: bool) -> bytes:
        lock = {
            "runId": self._run_id,
            "owner": self._owner,
            "heartbeatMs": int(time.time() * 1000),
            "released": released,
        }
        return (json.dumps(lock, separators=(",", ":")) + "\n").encode()


def _newest(files: Any, day: str) -> Optional[dict[str, Any]]:
    keys = [file["key"] for file in files.list_below(lock_prefix(day))]
    found = re.search(r"(\d+)\.json$", keys[-1]) if keys else None
    if found is None:
        return None
    content = files.read_if_there(keys[-1])
    return {"generation": int(found.group(1)), "keys": keys, "lock": _parsed(content)}


def _parsed(content: Optional[bytes]) -> Optional[dict[str, Any]]:
    try:
        return json.loads(content or b"")
    except ValueError:
        return None


def _holds(lock: Optional[dict[str, Any]]) -> bool:
    if lock is None or lock["released"]:
        return False
    return time.time() * 1000 - lock["heartbeatMs"] < HEARTBEAT_LOST_MS
