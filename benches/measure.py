"""Child processes measured in turn: seconds, processor seconds, peak memory; medians and spread; tables. Other scripts import it."""

import collections
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

Used = collections.namedtuple("Used", "seconds cpu megabytes")
# Linux counts kilobytes, macOS bytes.
MEGABYTE = 1 << 20 if sys.platform == "darwin" else 1 << 10
# Both sides use the cores they find; kernels of OpenBLAS chosen by hand would skew one of them.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)


HEAD = ["what", "ours: median (least to most)", "peer", "ratio", "wanted", "peak memory"]


def put(into, name, text):
    """Between the markers of that name."""
    document = into.read_text()
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    if begin not in document or end not in document:
        sys.exit(f"{into} has no markers for {name}")
    before, rest = document.split(begin)
    into.write_text(f"{before}{begin}{text}\n{end}{rest.split(end)[1]}")
    print(f"\n{name}\n{text}", flush=True)


class Failed(Exception):
    """A command ended with an error."""


def run(command, check=True):
    """What one process used, its output written to a file.

    Until it becomes another program a process counts the memory of the one that started it: that one should hold little.
    """
    with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=nothing, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if check and process.returncode != 0:
            errors.seek(0)
            raise Failed(f"{' '.join(command)} failed:\n{errors.read().decode(errors='replace')}")
    return Used(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE)


def in_turn(commands, times, warm=True):
    """Each command `times` times, A B A B ...; a first round that warms the file cache is not counted."""
    found = {name: [] for name in commands}
    for turn in range(times + warm):
        for name, command in commands.items():
            used = run(command)
            if turn >= warm:
                found[name].append(used)
    return found


def seconds(measured):
    return [used.seconds for used in measured]


def peak(measured):
    return max(used.megabytes for used in measured)


def spread(values):
    """Median, least and most."""
    return statistics.median(values), min(values), max(values)


def figure(value):
    """Three digits."""
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}" if value else "0"


def told(values, unit):
    median, least, most = spread(values)
    return f"{figure(median)} {unit} ({figure(least)} to {figure(most)})"


def megabytes(measured):
    return f"{figure(peak(measured))} MB"


def row(what, unit, ours, theirs=None, wanted="", memory=""):
    """A row of a table; `theirs` has the values of the peer, or why there are none. A ratio above 1: ours is faster."""
    if not isinstance(theirs, list):
        return [what, told(ours, unit), theirs or "none", "", wanted, memory]
    ours_median, theirs_median = spread(ours)[0], spread(theirs)[0]
    ratio = theirs_median / ours_median if unit in ("s", "ms") else ours_median / theirs_median
    return [what, told(ours, unit), told(theirs, unit), f"{figure(ratio)}×", wanted, memory]


def table(head, rows):
    rows = [[*cells, *[""] * (len(head) - len(cells))] for cells in rows]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
