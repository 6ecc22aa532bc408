"""What can go wrong with a day, in an operator's words."""


class DayFailure(Exception):
    """Nothing an operator did wrong is a stack trace: `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def bad_argument(name: str, why: str) -> DayFailure:
    return DayFailure("bad-argument", f"Cannot use --{name}: {why}.")


def day_is_running(day: str, run_id: str) -> DayFailure:
    return DayFailure("day-is-running", f"Cannot run {day}: run {run_id} is working on it just now.")


def run_id_used(day: str, run_id: str) -> DayFailure:
    return DayFailure(
        "run-id-used", f"Cannot load {day} as run {run_id}: there was a run of that id before."
    )


def lock_lost(day: str, run_id: str) -> DayFailure:
    return DayFailure(
        "lock-lost",
        f"Cannot publish {day}: run {run_id} was silent for so long that another took the day over.",
    )


def source_drifted(broken: list[str]) -> DayFailure:
    return DayFailure(
        "source-drifted",
        f"Cannot load: the database is not what the contracts read. {' '.join(broken)} Nothing was written.",
    )


def checks_failed(day: str, what: list[str]) -> DayFailure:
    return DayFailure(
        "checks-failed",
        f"Cannot publish {day}: its rows break the rules. {' '.join(what)}"
        " What was published before is untouched.",
    )


def lake_differs(day: str, what: list[str]) -> DayFailure:
    return DayFailure(
        "lake-differs",
        f"Cannot publish {day}: what was written is not what the database holds. {' '.join(what)}",
    )


def wrong_schema(table: str, actual: str, wanted: str) -> DayFailure:
    return DayFailure(
        "engine-failed", f"Cannot write {table}: its files hold ({actual}), the contract says ({wanted})"
    )
