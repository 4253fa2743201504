#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Score plays on a cluster that already runs Spark: its Kafka source brings them, "gridwire score
# --stdin" on every executor makes a prediction line of each play line, Spark's Kafka sink sends them
# on. The program and the model must be at the same path on every executor (spark-submit --files does).
#
#   spark-submit --packages org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0 score_pipe.py \
#       --brokers HOST:PORT --topic nfl-plays --to nfl-predictions --checkpoint DIR \
#       --gridwire /usr/local/bin/gridwire --model /srv/models/state/1/model.gw
#
# --once ends at the end of the topic. Spark's Kafka sink delivers at least once: after a failure a
# micro-batch can be in the topic twice. Exactly once is what "gridwire score -g" itself does.
import argparse
import shlex

from pyspark.sql import SparkSession, functions as f


def parse():
    p = argparse.ArgumentParser()
    for name in ("brokers", "topic", "to", "checkpoint", "gridwire", "model"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--once", action="store_true")
    return p.parse_args()


def main():
    a = parse()
    command = shlex.join([a.gridwire, "score", "--stdin", "--model", a.model, "-q"])
    spark = SparkSession.builder.appName("gridwire").getOrCreate()
    spark.sparkContext.setLogLevel("WARN")

    # One line a play: JSON has line ends between its words only, and a record without a value
    # becomes an empty line. Both are answered, so that one line goes out for each that went in.
    plays = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", a.brokers)
        .option("subscribe", a.topic)
        .option("startingOffsets", "earliest")
        .load()
        .select(f.regexp_replace(f.coalesce(f.col("value").cast("string"), f.lit("")), "[\r\n]", " ").alias("play"))
    )

    def score(batch, number):
        lines = batch.rdd.map(lambda row: row.play).pipe(command, checkCode=True)
        told = spark.createDataFrame(lines.map(lambda line: (line,)), "value string")
        told = told.withColumn("key", f.get_json_object("value", "$.game_id"))
        # What is no play is answered by {"error":...,"line":N}: it has no game.
        told.where("key is not null").write.format("kafka").option("kafka.bootstrap.servers", a.brokers).option(
            "topic", a.to
        ).save()

    writer = plays.writeStream.foreachBatch(score).option("checkpointLocation", a.checkpoint)
    writer = writer.trigger(availableNow=True) if a.once else writer
    writer.start().awaitTermination()
    spark.stop()


if __name__ == "__main__":
    main()
