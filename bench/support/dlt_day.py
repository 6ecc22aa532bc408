"""The same tables of the same day with dlt, as its documentation has it: sql_database with the pyarrow backend, Parquet files.

dlt_day.py ACCESS_FILE OUT_FOLDER FROM_UTC TO_UTC
"""

import json
import os
import sys

access_file, out, start, end = sys.argv[1:]
os.environ["DLT_DATA_DIR"] = f"{out}/dlt-home"
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from dlt.sources.sql_database import sql_table  # noqa: E402

with open(access_file, encoding="utf-8") as file:
    access = json.load(file)
url = sa.URL.create(
    "mysql+pymysql", access["user"], access["password"], access["host"], access["port"], access["database"]
)
engine = sa.create_engine(url, connect_args={"ssl": {"check_hostname": False, "verify_mode": "none"}})


def of_the_day(query, table):
    if table.name == "orders":
        return query.where(table.c.created_at >= start, table.c.created_at < end)
    if table.name == "order_items":
        ids = sa.text(
            f"order_id IN (SELECT id FROM orders WHERE created_at >= '{start}' AND created_at < '{end}')"
        )
        return query.where(ids)
    return query


resources = [
    sql_table(engine, table=name, backend="pyarrow", chunk_size=50_000, query_adapter_callback=of_the_day)
    for name in ("orders", "order_items", "customers", "products")
]
pipeline = dlt.pipeline(
    "day",
    pipelines_dir=f"{out}/pipelines",
    destination=dlt.destinations.filesystem(bucket_url=f"file://{out}/lake"),
    dataset_name="lake",
    progress=None,
)
pipeline.run(resources, loader_file_format="parquet", write_disposition="replace")
