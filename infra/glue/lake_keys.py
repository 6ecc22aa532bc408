"""Where things lie in the lake, as keys relative to its root. The same places as src/etl/lake-keys.ts."""

MANIFESTS = "manifests/"


def landing_prefix(day: str, run_id: str) -> str:
    """Where a run lands what it took from the database, all tables from one statement."""
    return f"landing/shop/dt={day}/run={run_id}/"


def run_prefix(table: str, day: str, run_id: str) -> str:
    """The run id lies above dt, so that no crawler takes a run for a partition."""
    return f"lake/{table}/{run_id}/dt={day}/"


def empty_prefix(table: str) -> str:
    """Where readers that know no partitions look: nothing is ever written there."""
    return f"lake/{table}/_no_partition/"


def manifest_prefix(day: str) -> str:
    return f"{MANIFESTS}dt={day}/"


def manifest_key(day: str, run_id: str) -> str:
    return f"{manifest_prefix(day)}{run_id}.json"


def lock_prefix(day: str) -> str:
    return f"locks/dt={day}/"


def lock_key(day: str, generation: int) -> str:
    return f"{lock_prefix(day)}{generation:08d}.json"
