"""Fetches the result of one query to a CSV file with another client: python athena_clients.py CLIENT OUTPUT"""

import csv
import resource
import sys


def pyathena_default(output):
    from pyathena import connect

    cursor = connect(s3_staging_dir="s3://bench-results/", work_group="primary", schema_name="shop", poll_interval=0.1).cursor()
    cursor.execute("SELECT * FROM orders")
    with open(output, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column[0] for column in cursor.description])
        writer.writerows(cursor)


def pyathena_arrow(output):
    import functools
    import os

    from pyarrow import csv as arrow_csv
    from pyarrow import fs

    # Arrow's own S3 client does not read AWS_ENDPOINT_URL.
    endpoint = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
    fs.S3FileSystem = functools.partial(fs.S3FileSystem, endpoint_override=endpoint, scheme="http")
    from pyathena import connect
    from pyathena.arrow.cursor import ArrowCursor

    cursor = connect(
        s3_staging_dir="s3://bench-results/", work_group="primary", schema_name="shop", poll_interval=0.1, cursor_class=ArrowCursor
    ).cursor()
    table = cursor.execute("SELECT * FROM orders").as_arrow()
    arrow_csv.write_csv(table, output)


def awswrangler(output):
    import awswrangler as wr

    frame = wr.athena.read_sql_query(
        "SELECT * FROM orders",
        database="shop",
        ctas_approach=False,
        workgroup="primary",
        s3_output="s3://bench-results/",
        keep_files=True,
        athena_query_wait_polling_delay=0.1,
    )
    frame.to_csv(output, index=False)


{"pyathena": pyathena_default, "pyathena-arrow": pyathena_arrow, "awswrangler": awswrangler}[sys.argv[1]](sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
