"""What a plain PySpark script would do: read the tables by JDBC, write them as Parquet, check nothing.

plain_pyspark.py ACCESS_FILE OUT_FOLDER FROM_UTC TO_UTC
"""

import json
import sys

from pyspark.sql import SparkSession

access_file, out, start, end = sys.argv[1:]
with open(access_file, encoding="utf-8") as file:
    access = json.load(file)
spark = SparkSession.builder.appName("plain").config("spark.sql.parquet.compression.codec", "zstd").getOrCreate()
url = f"jdbc:mysql://{access['host']}:{access['port']}/{access['database']}?sslMode=REQUIRED&connectionTimeZone=UTC"
inside = f"o.created_at >= '{start}' AND o.created_at < '{end}'"
queries = {
    "orders": f"SELECT o.* FROM orders o WHERE {inside}",
    "order_items": f"SELECT i.* FROM order_items i JOIN orders o ON o.id = i.order_id WHERE {inside}",
    "customers": "SELECT * FROM customers",
    "products": "SELECT * FROM products",
}
for name, query in queries.items():
    reader = spark.read.format("jdbc").option("url", url).option("query", query)
    reader = reader.option("user", access["user"]).option("password", access["password"])
    rows = reader.option("fetchsize", -2147483648).load()
    rows.write.parquet(f"file://{out}/{name}/dt=2026-11-21")
items = spark.read.parquet(f"file://{out}/order_items")
orders = spark.read.parquet(f"file://{out}/orders")
kept = orders.where("status NOT IN ('cancelled', 'refunded')").selectExpr("id AS kept")
sales = items.join(kept, items.order_id == kept.kept).groupBy("product_id")
sales.agg({"quantity": "sum", "line_amount": "sum"}).coalesce(1).write.parquet(f"file://{out}/daily_sales")
spark.stop()
