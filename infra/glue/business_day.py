"""Days in Japan and their windows in UTC. Japan is nine hours ahead and has kept no summer time since 1951."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

JST_AHEAD = timedelta(hours=9)


@dataclass(frozen=True)
class DayWindow:
    """Half-open `[from_utc, to_utc)`, each `YYYY-MM-DD HH:MM:SS.ffffff`."""

    from_utc: str
    to_utc: str


def parse_day(text: str) -> str:
    """Takes `YYYY-MM-DD` that exists in the calendar; raises ValueError otherwise."""
    if len(text) != 10:
        raise ValueError("write it as YYYY-MM-DD")
    return date.fromisoformat(text).isoformat()


def day_window(day: str) -> DayWindow:
    start = datetime.fromisoformat(f"{day}T00:00:00") - JST_AHEAD
    return DayWindow(utc_text(start), utc_text(start + timedelta(days=1)))


def day_at(moment: datetime) -> str:
    """The day it is in Japan at that moment (which knows its zone)."""
    return (moment.astimezone(timezone.utc) + JST_AHEAD).date().isoformat()


def day_of_schedule(scheduled: datetime) -> str:
    """The day that had just ended when the schedule meant to start: late starts still load the right day."""
    return (date.fromisoformat(day_at(scheduled)) - timedelta(days=1)).isoformat()


def slices_of(window: DayWindow, count: int) -> list[DayWindow]:
    """The window in so many half-open pieces without gap or overlap, for readers side by side."""
    start, end = parse_utc(window.from_utc), parse_utc(window.to_utc)
    edges = [start + (end - start) * index // count for index in range(count)] + [end]
    return [DayWindow(utc_text(a), utc_text(b)) for a, b in zip(edges, edges[1:])]


def parse_utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f")


def utc_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
