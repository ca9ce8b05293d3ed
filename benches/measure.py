"""Child processes measured: seconds, processor seconds and peak memory, in turn; medians and spread. Other scripts import it."""

import collections
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
