"""The lake's objects by key: a bucket, or a folder laid out the same."""

import os
from typing import Any, Optional

import boto_calls


class LocalFiles:
    """Keys are paths below the folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.root = f"file://{folder}/"

    def uri(self, key: str) -> str:
        return self.root + key

    def list_below(self, prefix: str) -> list[dict[str, Any]]:
        """Every object below the prefix, which ends in `/`, sorted by key."""
        found = []
        for folder, _, names in os.walk(os.path.join(self._folder, prefix)):
            for name in names:
                path = os.path.join(folder, name)
                found.append({"key": os.path.relpath(path, self._folder), "bytes": os.path.getsize(path)})
        return sorted(found, key=lambda file: file["key"])

    def read(self, key: str) -> bytes:
        with open(os.path.join(self._folder, key), "rb") as file:
            return file.read()

    def write(self, key: str, content: bytes) -> None:
        path = os.path.join(self._folder, key)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    def rename(self, key: str, to: str) -> None:
        os.rename(os.path.join(self._folder, key), os.path.join(self._folder, to))

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            os.unlink(os.path.join(self._folder, key))


class BucketFiles:
    """A bucket through boto3. Calls that S3 throttles are made again; see boto_calls.py."""

    def __init__(self, bucket: str, client: Any) -> None:
        self._bucket, self._client = bucket, client
        self.root = f"s3://{bucket}/"

    def uri(self, key: str) -> str:
        return self.root + key

    def list_below(self, prefix: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [
            {"key": item["Key"], "bytes": item["Size"]} for page in pages for item in page.get("Contents", [])
        ]

    def read(self, key: str) -> bytes:
        content = self.read_if_there(key)
        if content is None:
            raise FileNotFoundError(self.uri(key))
        return content

    def read_if_there(self, key: str) -> Optional[bytes]:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None

    def write(self, key: str, content: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def write_if_absent(self, key: str, content: bytes) -> bool:
        """False when somebody was first. A lost answer is settled by looking whose bytes are there."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, IfNoneMatch="*")
            return True
        except self._client.exceptions.ClientError as error:
            if boto_calls.code_of(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
            # boto3 repeats a call whose answer was lost: the first may have been ours.
            return self.read_if_there(key) == content

    def rename(self, key: str, to: str) -> None:
        source = {"Bucket": self._bucket, "Key": key}
        self._client.copy(source, self._bucket, to)
        self.delete([key])

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self._client.delete_object(Bucket=self._bucket, Key=key)
