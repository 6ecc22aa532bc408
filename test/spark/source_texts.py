"""Prints what the job would ask the database, as JSON, for dp's own texts to be compared with."""

import json
import sys

sys.path.insert(0, "infra/glue")
from business_day import day_window  # noqa: E402
from contracts import definition_hash, sources_of  # noqa: E402
from job import read_local_tables  # noqa: E402
from source_sql import extract_sql, measure_sql  # noqa: E402

folder, day = sys.argv[1:]
window = day_window(day)
tables = read_local_tables(folder)
sources = sources_of(tables)
print(
    json.dumps(
        {
            "tables": [table["contract"]["table"] for table in tables],
            "extract": {source["table"]: extract_sql(source, window) for source in sources},
            "measure": {t["contract"]["table"]: measure_sql(t, sources, day, window) for t in tables},
            "definitions": {t["contract"]["table"]: definition_hash(t) for t in tables},
        }
    )
)
