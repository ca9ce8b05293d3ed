"""spamlab on Apache Spark: count, train, score, and find duplicates where one machine ends.

>>> import spamlab as sl
>>> counts = sl.spark.count(df, "text", "label")                     # doctest: +SKIP
>>> model = sl.train_from_counts(counts)                             # doctest: +SKIP
>>> scored = sl.spark.score(df, model, "text", keep=["id"])          # doctest: +SKIP

Every function takes a DataFrame with a column of messages, ``str`` or ``bytes``, and returns another
one, lazily, by ``mapInArrow``: the package must be installed where Spark runs its Python workers.
Rows without a message, and for `count` without a label, are left out. A worker uses one thread, as a
task of Spark has one core.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
from pyarrow import compute, csv

from spamlab import _asked, _mail, _native
from spamlab._model import _VERDICTS, Model

__all__ = ["count", "fingerprint", "near_duplicates", "save_counts", "score", "tokenize"]

_COUNTS = {
    "token": "string",
    "ham": "bigint",
    "spam": "bigint",
    "ham_occurrences": "bigint",
    "spam_occurrences": "bigint",
    "part": "int",
    "kind": "string",
}
_KEY = ("token", "part", "kind")
_ARROW = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32()}


def count(
    df: Any,
    text: str = "text",
    label: str = "label",
    *,
    recipe: Mapping | None = None,
    seed: int = 1,
    messages: int | None = None,
) -> Any:
    """Count the tokens of labelled messages, for `spamlab.train_from_counts`.

    Each partition is counted where it is, and what has the same token, part and kind is added up.
    The counts do not depend on the order of the messages or on how they are partitioned.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Labelled messages.
    text, label : str
        The columns that hold the message and its label.
    recipe : dict, optional
        Choices of the tokenizer other than the default.
    seed : int
        By which messages are drawn that settings and calibration are learned from.
    messages : int, optional
        About how many there are, for instance ``df.count()``: no partition sends more of its
        messages than are needed then. Otherwise each may send 24,000.

    Returns
    -------
    pyspark.sql.DataFrame
        Columns ``token``, ``ham`` and ``spam`` (messages that hold the token), ``ham_occurrences``,
        ``spam_occurrences``, ``part``, ``kind``. The rows without a token hold the numbers of
        messages.
    """
    how = (json.dumps(dict(recipe or {})), seed, messages)

    def counted(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        _take_one_thread()
        counter = _native.Counter(*how)
        for batch in batches:
            if batch.num_rows and counter.add(_labelled(batch)):
                yield from _rows(counter.take())
        yield from _rows(counter.take())

    labelled = df.select(df[text].alias("text"), df[label].cast("string").alias("label"))
    labelled = labelled.filter("octet_length(text) > 0 and octet_length(label) > 0")
    rows = labelled.mapInArrow(counted, _schema(_COUNTS))
    sums = [name for name, kind in _COUNTS.items() if kind == "bigint"]
    total = rows.groupBy(*_KEY).sum(*sums)
    named = [f"`sum({name})` as {name}" if name in sums else name for name in _COUNTS]
    return total.selectExpr(*named)


def save_counts(counts: Any, path: str, mode: str = "error") -> None:
    """Write counts as text, which ``spamlab train --counts`` and `train_from_counts` read.

    Parameters
    ----------
    counts : pyspark.sql.DataFrame
        What `count` returned.
    path : str
        A folder, anywhere that Spark writes.
    mode : str
        What Spark does if the folder exists: ``"error"`` or ``"overwrite"``.
    """
    columns = ", ".join(_COUNTS)
    lines = counts.selectExpr(f"concat_ws('\\t', {columns}) as value")
    lines.sortWithinPartitions("value").write.mode(mode).text(path)


def score(
    df: Any,
    model: Model | bytes | str | os.PathLike,
    text: str = "text",
    keep: Iterable[str] = (),
    models: Iterable[str] | None = None,
) -> Any:
    """Classify messages.

    The bytes of the model file are broadcast once, and each Python worker opens them once.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Messages.
    model : Model, bytes, or a path
        The model file; a path is read by the driver.
    text : str
        The column that holds the message.
    keep : iterable of str
        Columns to pass on.
    models : iterable of str, optional
        Names of models of the file; by default, all.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `keep`, the ``verdict`` of the best model (``"ham"``, ``"unsure"``,
        ``"spam"``), and for each model the probability of spam, ``p_NAME``. Null where there is no
        message.
    """
    if not isinstance(model, Model):
        model = Model.loads(model) if isinstance(model, bytes) else Model.load(model)
    names = model.models if models is None else _asked.names(models)
    unknown = [name for name in names if name not in model.models]
    if unknown or not names:
        there = ", ".join(model.models)
        raise ValueError(f"models = {names}: the file holds {there}")
    best = model.best if model.best in names else names[0]
    sent = df.sparkSession.sparkContext.broadcast(model.dumps())

    def scored(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        _take_one_thread()
        opened = _opened(sent)
        for batch in batches:
            texts = batch.column(0).to_pylist()
            there = [at for at, message in enumerate(texts) if message]
            given = _mail.messages([texts[at] for at in there])
            found = opened._native.score(given._native, names, False)["models"] if there else {}
            said = [_VERDICTS[code] for code in found[best]["predicted"]] if there else []
            columns = [*batch.columns[1:], _spread(pa.array(said, pa.string()), there, texts)]
            for name in names:
                numbers = found[name]["probability"] if there else b""
                buffers = [None, pa.py_buffer(numbers)]
                numbers = pa.Array.from_buffers(pa.float64(), len(there), buffers)
                columns.append(_spread(numbers, there, texts))
            yield pa.RecordBatch.from_arrays(columns, [*batch.schema.names[1:], *of_verdicts])

    of_verdicts = {"verdict": "string", **{f"p_{name}": "double" for name in names}}
    return _mapped(df, scored, text, keep, of_verdicts)


def fingerprint(df: Any, text: str = "text", keep: Iterable[str] = ()) -> Any:
    """What each message has in common with its duplicates and near-duplicates.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Messages.
    text : str
        The column that holds the message.
    keep : iterable of str
        Columns to pass on.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `keep`; ``duplicate``, equal for messages whose bodies agree up to case,
        digits, punctuation and spaces, for ``dropDuplicates(["duplicate"])``; ``bands``, of which
        near-duplicates share one, for a join; and ``sketch``, which `near_duplicates` compares.
    """
    columns = {"duplicate": "bigint", "bands": "array<bigint>", "sketch": "binary"}
    kinds = (pa.int64(), pa.list_(pa.int64()), pa.binary())

    def marked(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        _take_one_thread()
        for batch in batches:
            texts = batch.column(0).to_pylist()
            there = [at for at, message in enumerate(texts) if message]
            given = _mail.messages([texts[at] for at in there])
            found = _native.fingerprints(given._native) if there else []
            found = list(zip(*found)) or [(), (), ()]
            made = [pa.array(list(values), kind) for values, kind in zip(found, kinds)]
            made = [_spread(values, there, texts) for values in made]
            names = [*batch.schema.names[1:], *columns]
            yield pa.RecordBatch.from_arrays([*batch.columns[1:], *made], names)

    return _mapped(df, marked, text, keep, columns)


def near_duplicates(fingerprints: Any, id: str = "id", least: float = 0.75) -> Any:
    """Pairs of messages that share most of their four-word shingles.

    Messages that agree in a band are compared (MinHash with locality-sensitive hashing). Of a
    thousand equal messages that is half a million pairs: ``dropDuplicates(["duplicate"])`` first.

    Parameters
    ----------
    fingerprints : pyspark.sql.DataFrame
        What `fingerprint` returned with a column that tells messages apart.
    id : str
        That column.
    least : float
        The least similarity; from 0.75 on, spamlab itself takes two for near-duplicates.

    Returns
    -------
    pyspark.sql.DataFrame
        Columns ``a`` and ``b``, the smaller first, and ``similarity``, each pair once.
    """
    kind = fingerprints.schema[id].dataType.simpleString()
    banded = fingerprints.selectExpr(f"`{id}` as a", "sketch as sketch_a", "explode(bands) as band")
    other = banded.withColumnsRenamed({"a": "b", "sketch_a": "sketch_b"})
    pairs = banded.join(other, "band").filter("a < b").drop("band").dropDuplicates(["a", "b"])

    def compared(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            sketches = zip(batch.column(2).to_pylist(), batch.column(3).to_pylist())
            near = pa.array([_native.similarity(a, b) for a, b in sketches], pa.float64())
            columns = [batch.column(0), batch.column(1), near]
            yield pa.RecordBatch.from_arrays(columns, ["a", "b", "similarity"])

    pairs = pairs.select("a", "b", "sketch_a", "sketch_b")
    schema = f"a {kind}, b {kind}, similarity double"
    return pairs.mapInArrow(compared, schema).filter(f"similarity >= {least}")


def tokenize(
    df: Any,
    text: str = "text",
    keep: Iterable[str] = (),
    recipe: Mapping | None = None,
    features: int | None = None,
) -> Any:
    """The tokens of each message, in order, and sparse rows of their counts for MLlib.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Messages.
    text : str
        The column that holds the message.
    keep : iterable of str
        Columns to pass on.
    recipe : dict, optional
        Choices of the tokenizer other than the default.
    features : int, optional
        With it, each message gets a sparse row of so many columns, too: a token counts in the
        column that its hash says (Spark's ``HashingTF``), so that two tokens may share one.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `keep`; ``tokens``, an array of strings; with `features`, ``features``, a
        vector of MLlib. Null and an empty vector where there is no message.
    """
    how = json.dumps(dict(recipe or {}))
    keep = _asked.names(keep)
    if features is not None and "features" in keep:
        raise ValueError("['features'] cannot be kept: the result has columns of that name")

    def split(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        _take_one_thread()
        for batch in batches:
            texts = batch.column(0).to_pylist()
            there = [at for at, message in enumerate(texts) if message]
            given = _mail.messages([texts[at] for at in there])
            found = _native.tokenize(given._native, how) if there else []
            tokens = _spread(pa.array(found, pa.list_(pa.string())), there, texts)
            names = [*batch.schema.names[1:], "tokens"]
            yield pa.RecordBatch.from_arrays([*batch.columns[1:], tokens], names)

    tokens = _mapped(df, split, text, keep, {"tokens": "array<string>"})
    if features is None:
        return tokens
    from pyspark.ml.feature import HashingTF

    hashed = HashingTF(inputCol="_tokens", outputCol="features", numFeatures=features)
    # It takes no null.
    none = "coalesce(tokens, cast(array() as array<string>)) as _tokens"
    return hashed.transform(tokens.selectExpr("*", none)).drop("_tokens")


def _mapped(df: Any, each: Any, text: str, keep: Iterable[str], columns: Mapping) -> Any:
    """The columns of `keep` and what `each` adds; it gets the messages as the first column."""
    keep = _asked.names(keep)
    taken = set(keep) & set(columns)
    if taken:
        raise ValueError(f"{sorted(taken)} cannot be kept: the result has columns of that name")
    kept = {name: df.schema[name].dataType.simpleString() for name in keep}
    given = df.select(df[text].alias("_message"), *keep)
    return given.mapInArrow(each, _schema({**kept, **columns}))


def _schema(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


def _spread(values: pa.Array, there: list[int], texts: list) -> pa.Array:
    """The values at the places of the messages that there are, null elsewhere."""
    if len(there) == len(texts):
        return values
    places: list[int | None] = [None] * len(texts)
    for place, at in enumerate(there):
        places[at] = place
    return values.take(pa.array(places, pa.int64()))


def _labelled(batch: pa.RecordBatch) -> _native.Mail:
    texts, labels = (column.to_pylist() for column in batch.columns)
    known = {value: _native.label_of(value) for value in set(labels)}
    for value, meant in known.items():
        if meant is None:
            raise ValueError(f"the label {value!r} means neither ham nor spam")
    classes = [known[value] for value in labels]
    return _native.Mail.of_columns("the rows", ["text", "label"], [texts, classes], "{}", True)


def _rows(lines: bytes) -> list[pa.RecordBatch]:
    """Lines of counts as rows."""
    table = csv.read_csv(
        io.BytesIO(lines),
        csv.ReadOptions(column_names=list(_COUNTS), block_size=len(lines) + 1),
        csv.ParseOptions(delimiter="\t", quote_char=False, escape_char=False),
        csv.ConvertOptions(
            column_types={name: _ARROW[kind] for name, kind in _COUNTS.items()},
            strings_can_be_null=False,
        ),
    )
    return table.to_batches(max_chunksize=1 << 16)


def _take_one_thread() -> None:
    """A task of Spark has one core; to be called before the first work of a worker."""
    os.environ.setdefault("RAYON_NUM_THREADS", os.environ.get("OMP_NUM_THREADS") or "1")


# The broadcast that this worker opened last, which is one object for all tasks, and its model.
_held: tuple[Any, Model] | None = None


def _opened(sent: Any) -> Model:
    global _held
    if _held is None or _held[0] is not sent:
        _held = sent, Model.loads(sent.value)
    return _held[1]


def _pieces(counts: Any) -> Iterator[bytes]:
    """Counts as lines, the rows that say how mail was counted first."""
    rows = counts.select(*_COUNTS).toArrow()
    first = compute.starts_with(rows["kind"], "counts ")
    for table in (rows.filter(first), rows.filter(compute.invert(first))):
        for batch in table.to_batches(max_chunksize=1 << 16):
            columns = [column.to_pylist() for column in batch.columns]
            lines = ("\t".join(map(str, row)) for row in zip(*columns))
            yield "".join(f"{line}\n" for line in lines).encode()
