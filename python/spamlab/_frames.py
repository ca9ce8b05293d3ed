"""Tables and numbers in the form that is at hand: of pandas and numpy, or of Python alone."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterable
from typing import Any


def frame(text: str) -> Any:
    """A table as CSV: a pandas DataFrame, or a dict of lists where there is no pandas."""
    try:
        import pandas
    except ImportError:
        return _dict_of_lists(text)
    # Numbers to the last bit, and no name is taken for a missing value.
    return pandas.read_csv(
        io.StringIO(text),
        dtype={"id": str},
        float_precision="round_trip",
        keep_default_na=False,
        na_values=[""],
    )


def rows(all_rows: Iterable[dict]) -> Any:
    """Rows of the same names: a DataFrame, or a dict of lists."""
    all_rows = list(all_rows)
    columns = {name: [row[name] for row in all_rows] for name in (all_rows[0] if all_rows else ())}
    return columns_of(columns)


def columns_of(columns: dict[str, list]) -> Any:
    """Columns under their names: a DataFrame, or themselves."""
    try:
        import pandas
    except ImportError:
        return columns
    return pandas.DataFrame(columns)


def _dict_of_lists(text: str) -> dict[str, list]:
    header, *rows = list(csv.reader(io.StringIO(text)))
    columns = zip(*rows) if rows else [()] * len(header)
    return {
        name: list(values) if name == "id" else _typed(values)
        for name, values in zip(header, columns)
    }


def _typed(values) -> list:
    for kind in (int, float):
        try:
            return [kind(value) if value else None for value in values]
        except ValueError:
            continue
    return [value or None for value in values]


def numbers(data: bytes) -> Any:
    """64-bit floats: a numpy array, or a list where there is no numpy."""
    try:
        import numpy
    except ImportError:
        return array("d", data).tolist()
    return numpy.frombuffer(data, dtype=numpy.float64).copy()
