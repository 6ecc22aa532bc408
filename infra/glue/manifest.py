"""Everything one run of one day did, in the bytes that dp writes and reads: src/etl/manifest.ts."""

import json
from typing import Any, Optional

Manifest = dict[str, Any]
MANIFEST_VERSION = 1


def format_manifest(manifest: Manifest) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def begun_manifest(day: str, run_id: str, started_at: str, previous: Optional[str], warnings: list[str]) -> Manifest:
    return {
        "version": MANIFEST_VERSION,
        "kind": "load",
        "date": day,
        "runId": run_id,
        "state": "running",
        "engine": "spark",
        "startedAt": started_at,
        **({} if previous is None else {"previousRunId": previous}),
        **({"warnings": warnings} if warnings else {}),
        "tables": {},
    }


def published_run(manifests: list[Manifest]) -> Optional[str]:
    """The run whose rows readers see, or None."""
    for manifest in sorted(manifests, key=lambda one: one["runId"], reverse=True):
        if manifest["state"] in ("loaded", "verified"):
            return manifest.get("publishes", manifest["runId"])
    return None
