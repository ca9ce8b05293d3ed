"""Mail cut by time: python3 benches/by_time.py mail.csv

The first three quarters of each class, in the order of the rows, go to earlier.csv, the others to later.csv. The Enron sets are in the
order of time by row, so that a model of the former meets words in the latter that it has never seen. The column `label` says the class. by_time.csv is the same split for `compare --split`.
"""

import csv
import sys

csv.field_size_limit(1 << 30)
FIRST = 0.75


def main(mail):
    with open(mail, newline="", encoding="utf-8", errors="surrogateescape") as file:
        reader = csv.DictReader(file)
        columns, rows = reader.fieldnames, list(reader)
    emails, seen = {}, {}
    for row in rows:
        emails[row["label"]] = emails.get(row["label"], 0) + 1
    parts = [], []
    for row in rows:
        label = row["label"]
        parts[seen.get(label, 0) >= FIRST * emails[label]].append(row)
        seen[label] = seen.get(label, 0) + 1
    for name, part in zip(("earlier.csv", "later.csv"), parts):
        with open(name, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(part)
    with open("by_time.csv", "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "split"])
        for name, part in zip(("train", "test"), parts):
            writer.writerows([row["id"], name] for row in part)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
