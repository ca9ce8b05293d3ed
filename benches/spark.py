#!/usr/bin/env python3
"""What counting and scoring cost on Spark, beside one process of the program on the same mail.

Mail of a given size is made of real mail (benches/larger_than_memory.py), as CSV for the program and as Parquet for Spark, which
runs on this machine with a task per core. Both sides run in turn; a first turn, in which Java compiles, is not counted. Processor
time is that of all processes of Spark: Java, and the Python workers in which spamlab works. Needs pyspark, pyarrow, Java, the
package `spamlab` and the program:

    python3 benches/spark.py enron.csv --megabytes 600 --spamlab target/release/spamlab
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import measure

HERE = pathlib.Path(__file__).resolve().parent
CORES = os.cpu_count()
TERABYTE = 1e6  # in megabytes
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds():
    """Of all processes below this one, living or reaped."""
    stats = {}
    for name in os.listdir("/proc"):
        try:
            after_name = pathlib.Path("/proc", name, "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        # Fields 4 and 14 to 17 of proc(5).
        stats[name] = after_name[1], sum(map(int, after_name[11:15])) / TICKS
    below, seconds = {str(os.getpid())}, 0.0
    while below:
        below = {name for name, (parent, _) in stats.items() if parent in below}
        seconds += sum(stats[name][1] for name in below)
    return seconds


def to_parquet(mail, path):
    import pyarrow as pa
    from pyarrow import csv, parquet

    rows = csv.open_csv(mail, csv.ReadOptions(block_size=64 << 20), csv.ParseOptions(newlines_in_values=True),
                        csv.ConvertOptions(column_types={"label": pa.string(), "text": pa.string()}))
    with parquet.ParquetWriter(path, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch, row_group_size=8000)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("mail")
    arguments.add_argument("--megabytes", type=float, default=600)
    arguments.add_argument("--spamlab", default="target/release/spamlab")
    arguments.add_argument("--times", type=int, default=3)
    asked = arguments.parse_args()
    program = os.path.abspath(asked.spamlab)
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        mail, model = f"{folder}/mail.csv", f"{folder}/model.spamlab"
        with open(mail, "wb") as file:
            subprocess.run([sys.executable, HERE / "larger_than_memory.py", asked.mail, str(asked.megabytes)], stdout=file, check=True)
        subprocess.run([program, "train", "-q", asked.mail, "--model", "multinomial,svm", "-o", model], stdout=subprocess.DEVNULL, check=True)
        to_parquet(mail, f"{folder}/mail.parquet")
        for name, (one, both) in measured(program, mail, model, folder, asked.times).items():
            row(name, one, both, os.path.getsize(mail) / 1e6)


def measured(program, mail, model, folder, times):
    """What one process and Spark used, by job."""
    import spamlab as sl
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{CORES}]").config("spark.ui.enabled", "false").config("spark.local.dir", folder)
    spark = builder.config("spark.driver.memory", "4g").config("spark.log.level", "ERROR").getOrCreate()
    df = spark.read.parquet(f"{folder}/mail.parquet")
    messages = df.count()
    one_thread = [program, "-q", "--threads", "1"]
    jobs = {
        "count": (
            [*one_thread, "count", mail],
            lambda: sl.spark.save_counts(sl.spark.count(df, messages=messages), f"{folder}/counts", "overwrite"),
        ),
        "score": (
            [*one_thread, "classify", "-m", model, "--csv", mail],
            lambda: sl.spark.score(df, model).write.format("noop").mode("overwrite").save(),
        ),
    }
    found = {name: ([], []) for name in jobs}
    for turn in range(times + 1):
        for name, (command, job) in jobs.items():
            one = measure.run(command)
            before, start = processor_seconds(), time.perf_counter()
            job()
            both = measure.Used(time.perf_counter() - start, processor_seconds() - before, 0)
            print(f"{name}: one process {one.cpu:.1f} s of processor time, Spark {both.cpu:.1f}, in {both.seconds:.1f} s", file=sys.stderr)
            if turn > 0:
                found[name][0].append(one)
                found[name][1].append(both)
    spark.stop()
    return found


def row(name, one, both, megabytes):
    """Megabytes of mail per second of processor time, and what a terabyte would take a hundred such cores."""
    alone = statistics.median(used.cpu for used in one)
    spark = statistics.median(used.cpu for used in both)
    wall = statistics.median(measure.seconds(both))
    minutes = TERABYTE / 100 / (megabytes / wall / CORES) / 60
    print(f"| {name} | {megabytes / alone:.1f} | {megabytes / spark:.1f} | {spark / alone:.2f} | {megabytes / wall:.1f} | {minutes:.0f} |")


main()
