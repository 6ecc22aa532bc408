"""The Spark session under which the lake's SQL means what it means on DuckDB."""

from typing import Any

SETTINGS = {
    # Overflow and bad casts are errors, never NULL.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    # A product or sum too wide for 38 digits is an error, and no digit behind the point is given up for it.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    # TIMESTAMP in SQL text is the type without a zone, and stays it in Parquet: microseconds, not INT96.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.writeLegacyFormat": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.caseSensitive": "false",
    # The tags arrive one after the other: a writer for each, instead of sorting everything.
    "spark.sql.maxConcurrentOutputFileWriters": "64",
    "spark.sql.adaptive.enabled": "true",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    # Every write goes to a folder that nobody reads yet: the fast committer cannot show half a result.
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
}
# Java's parser of dates before 1582 and Spark's agree only when told to.
REBASE = {
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}


def open_spark(name: str, local: bool) -> Any:
    """On Glue the session's size is the job's; here the caller has chosen it."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName(name)
    for key, value in {**SETTINGS, **REBASE}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    if local:
        _drop_side_files(spark)
    return spark


def _drop_side_files(spark: Any) -> None:
    """Hadoop puts a .crc file beside every local file; below a run's prefix lies nothing but its rows."""
    jvm = spark._jvm
    files = jvm.org.apache.hadoop.fs.FileSystem.get(
        jvm.java.net.URI("file:///"), spark.sparkContext._jsc.hadoopConfiguration()
    )
    files.setWriteChecksum(False)
