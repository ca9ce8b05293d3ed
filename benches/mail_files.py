"""Files of mail made from others. For `performance.py`."""

import csv
import os
import pathlib
import random
import shutil

csv.field_size_limit(1 << 30)
CHANGED = 0.12


def rows_of(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        yield from csv.DictReader(file)


def count(path):
    return sum(1 for _ in rows_of(path))


def together(paths, to):
    """The files as one, with one header, and a blank line between them in case one does not end its last."""
    with open(to, "wb") as out:
        for at, path in enumerate(paths):
            with open(path, "rb") as file:
                header = file.readline()
                out.write(b"\n" if at else header)
                shutil.copyfileobj(file, out)
    return to


def maildir(mail, folder):
    for name in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(folder, name))
    for at, found in enumerate(rows_of(mail)):
        pathlib.Path(folder, "cur", f"{at:06}.M1.host:2,S").write_bytes(found["raw"].encode("utf-8", "surrogateescape"))


def grow(paths, names):
    """Writes a file for each size in `names`: the messages in one random order, then again and again with some of the words changed.

    A changed word becomes one drawn from all running words, so that common words stay common. A smaller file is the
    beginning of a larger one. A file takes its name when it is whole.
    """
    rows, draw = [], random.Random(1)
    for path in paths:
        rows += [(row["label"], row["id"], row["raw"]) for row in rows_of(path)]
    draw.shuffle(rows)
    words = [word for _, _, raw in rows[:5000] for word in raw.split(" ")]
    files = {size: open(f"{name}.part", "w", newline="", encoding="utf-8", errors="surrogateescape") for size, name in names.items()}
    writers = {size: csv.writer(file) for size, file in files.items()}
    for writer in writers.values():
        writer.writerow(["label", "id", "raw"])
    for at in range(max(names)):
        copy, row = divmod(at, len(rows))
        label, identifier, raw = rows[row]
        if copy:
            parts = [draw.choice(words) if draw.random() < CHANGED else word for word in raw.split(" ")]
            identifier, raw = f"{identifier}-{copy}", " ".join(parts)
        for size, writer in writers.items():
            if at < size:
                writer.writerow([label, identifier, raw])
    for size, file in files.items():
        file.close()
        os.replace(file.name, names[size])
