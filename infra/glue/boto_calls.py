"""How the job calls AWS: patiently when throttled, and settling for nothing when an answer is lost."""

from typing import Any

ATTEMPTS_MAX = 8
CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30


def open_client(service: str, endpoint: str | None = None) -> Any:
    """A client that repeats throttled and broken calls, waiting longer each time. Region from the surroundings."""
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS_MAX},
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
    )
    return boto3.client(service, config=config, endpoint_url=endpoint)


def code_of(error: Exception) -> str:
    """AWS's own word for what happened; empty for other errors."""
    return getattr(error, "response", {}).get("Error", {}).get("Code", "")
