"""The published tables in the Glue Data Catalog, written as dp writes them.

A switch of a partition's location is one call, and readers see the old place or the new one. Every call here can be
made twice: boto3 repeats what was throttled or whose answer was lost.
"""

from typing import Any, Optional

from contracts import Contract
from lake_keys import empty_prefix

_FORMATS = {
    "parquet": {
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    },
    "csv": {
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
            "Parameters": {"separatorChar": ",", "quoteChar": '"', "escapeChar": '"'},
        },
    },
}


class GlueCatalog:
    def __init__(self, client: Any, database: str, root: str) -> None:
        self._client, self._database, self._root = client, database, root

    def ensure_table(self, contract: Contract) -> None:
        """Creates the table, or brings its definition to the contract's. Partitions stay."""
        wanted = table_input(contract, self._root)
        try:
            found = self._client.get_table(DatabaseName=self._database, Name=contract["table"])["Table"]
        except self._client.exceptions.EntityNotFoundException:
            self._create(self._client.create_table, DatabaseName=self._database, TableInput=wanted)
            return
        if any(found.get(key) != value for key, value in wanted.items()):
            self._client.update_table(DatabaseName=self._database, TableInput=wanted)

    def location_of(self, table: str, day: str) -> Optional[str]:
        place = {"DatabaseName": self._database, "TableName": table}
        try:
            found = self._client.get_partition(**place, PartitionValues=[day])
        except self._client.exceptions.EntityNotFoundException:
            return None
        return found["Partition"]["StorageDescriptor"]["Location"]

    def switch_partition(self, contract: Contract, day: str, location: str, parameters: dict[str, str]) -> None:
        """Points the day's partition at its files: one atomic switch."""
        place = {"DatabaseName": self._database, "TableName": contract["table"]}
        wanted = {
            "Values": [day],
            "StorageDescriptor": storage(contract, location),
            "Parameters": parameters,
        }
        try:
            self._client.update_partition(**place, PartitionValueList=[day], PartitionInput=wanted)
        except self._client.exceptions.EntityNotFoundException:
            if not self._create(self._client.create_partition, **place, PartitionInput=wanted):
                self._client.update_partition(**place, PartitionValueList=[day], PartitionInput=wanted)

    def _create(self, call: Any, **arguments: Any) -> bool:
        """False when it is there already: by somebody else, or by this very call whose answer was lost."""
        try:
            call(**arguments)
            return True
        except self._client.exceptions.AlreadyExistsException:
            return False


def table_input(contract: Contract, root: str) -> dict[str, Any]:
    """A contract as Glue's table; its own location is empty, so that only partitions have rows."""
    parameters = {"classification": contract["format"], "dp.load": contract["load"], "EXTERNAL": "TRUE"}
    if contract["format"] == "csv":
        parameters["skip.header.line.count"] = "1"
    return {
        "Name": contract["table"],
        "Description": contract["description"],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [_column(contract["partitionKey"])],
        "StorageDescriptor": storage(contract, root + empty_prefix(contract["table"])),
    }


def storage(contract: Contract, location: str) -> dict[str, Any]:
    columns = [_column(column) for column in contract["columns"]]
    return {**_FORMATS[contract["format"]], "Columns": columns, "Location": location}


def _column(column: dict[str, Any]) -> dict[str, str]:
    comment = {"Comment": column["comment"]} if "comment" in column else {}
    return {"Name": column["name"], "Type": column["type"], **comment}
