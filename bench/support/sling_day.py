"""The same tables of the same day with sling: a replication of four statements into Parquet files.

sling_day.py ACCESS_FILE OUT_FOLDER FROM_UTC TO_UTC
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import sling_linux_amd64

access_file, out, start, end = sys.argv[1:]
with open(access_file, encoding="utf-8") as file:
    access = json.load(file)
of_the_day = f"created_at >= '{start}' AND created_at < '{end}'"
statements = {
    "orders": f"SELECT * FROM orders WHERE {of_the_day}",
    "order_items": f"SELECT * FROM order_items WHERE order_id IN (SELECT id FROM orders WHERE {of_the_day})",
    "customers": "SELECT * FROM customers",
    "products": "SELECT * FROM products",
}
replication = Path(out) / "replication.json"
replication.write_text(
    json.dumps(
        {
            "source": "SHOP",
            "target": "LOCAL",
            "defaults": {
                "mode": "full-refresh",
                "object": f"file://{out}/{{stream_name}}.parquet",
                "target_options": {"format": "parquet"},
            },
            "streams": {name: {"sql": sql} for name, sql in statements.items()},
        }
    ),
    encoding="utf-8",
)
login = f"{quote(access['user'])}:{quote(access['password'])}@{access['host']}:{access['port']}"
binary = Path(sling_linux_amd64.__file__).parent / "bin" / "sling-linux-amd64"
binary.chmod(0o755)
os.environ.update(
    SHOP=f"mysql://{login}/{access['database']}?tls=skip-verify",
    # Its own writer: DuckDB's, which it takes otherwise, it would have to download from outside the registries.
    SLING_DUCKDB_COMPUTE="false",
    SLING_DISABLE_TELEMETRY="TRUE",
    SLING_HOME_DIR=f"{out}/sling-home",
)
ended = subprocess.run([binary, "run", "-r", replication], capture_output=True, text=True)
written = {path.stem for path in Path(out).glob("*.parquet")}
if ended.returncode != 0 or written != set(statements):
    sys.exit(ended.stdout[-2000:] + ended.stderr[-2000:])
