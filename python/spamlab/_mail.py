"""Mail: what is read, from files or from what Python holds."""

from __future__ import annotations

import itertools
import json
import mailbox
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.message import Message
from typing import Any

from spamlab import _native

__all__ = ["Mail", "read"]


class Mail:
    """Mail, labelled or not, as `read` describes it.

    Files are read when they are needed, each time anew; a data set can be larger than memory, unless
    `to_dict` or one of the properties asks for all of it, which is then kept.
    """

    __slots__ = ("_is_unlabelled", "_native", "_read")

    def __init__(self, native: _native.Mail, is_unlabelled: bool = False) -> None:
        self._native = native
        self._is_unlabelled = is_unlabelled
        self._read: dict[str, list] | None = None

    def to_dict(self) -> dict[str, list]:
        """Read the mail: a list per column.

        Returns
        -------
        dict of list
            ``id``, ``label`` (``"ham"``, ``"spam"`` or None) and ``text`` of each message, and
            ``kind``, ``from`` and ``subject`` where there are any. The text is bytes if it is a
            whole message with its headers.
        """
        if self._read is None:
            self._read = self._native.read()
        return {name: list(values) for name, values in self._read.items()}

    def to_pandas(self) -> Any:
        """Read the mail into a pandas DataFrame, see `to_dict`."""
        import pandas

        return pandas.DataFrame(self.to_dict())

    @property
    def ids(self) -> list[str]:
        """What each message is called: by a column of identifiers, or by its place."""
        return self.to_dict()["id"]

    @property
    def labels(self) -> list[str | None]:
        """The label of each message: ``"ham"``, ``"spam"`` or None."""
        return self.to_dict()["label"]

    def __len__(self) -> int:
        return len(self.to_dict()["id"])

    def __repr__(self) -> str:
        inputs = [os.fspath(one) for one in self._native.inputs]
        return f"<spamlab.Mail: {', '.join(inputs) or 'the mail that comes with the program'}>"

    def __reduce__(self):
        native = self._native
        if native.in_batches:
            raise TypeError("mail that is read in batches cannot be pickled")
        held = native.values() if native.in_memory else None
        given = (native.inputs, native.options, held, self._is_unlabelled)
        return _unpickled, given


def _unpickled(inputs, options, held, is_unlabelled) -> Mail:
    if held is None:
        return Mail(_native.Mail.of_inputs(inputs, options))
    names, values = held
    name = os.fspath(inputs[0])
    return Mail(_native.Mail.of_columns(name, names, values, options, False), is_unlabelled)


def read(
    source: Any = None,
    labels: Iterable | None = None,
    *,
    ids: Iterable | None = None,
    name: str | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    spam_label: str | None = None,
    label: str | None = None,
    bad_rows: str | None = None,
) -> Mail:
    """Describe mail to train on, to compare models on, or to classify.

    Parameters
    ----------
    source : path, list of paths, list of str or bytes, mailbox, DataFrame, Series or Table
        - A path (str or ``os.PathLike``) or a list of ``os.PathLike``: files and folders in any
          form that the command ``spamlab`` reads.
        - A list (or Series, array, generator) of messages: str, bytes or
          ``email.message.Message``. A str is the text of a message, or a whole message if it
          begins with header fields; bytes are a whole message as it is stored or sent.
        - A ``mailbox.Mailbox``.
        - A table: a DataFrame of pandas or polars, a ``pyarrow.Table``, or a dict of lists. Its
          columns are found as those of a file are, by their names and values.
        - Batches of one table, of which memory holds one at a time: an iterable of DataFrames or
          of ``pyarrow.RecordBatch`` (``ParquetFile.iter_batches()``, ``pandas.read_csv(...,
          chunksize=...)``), a ``pyarrow.dataset.Dataset`` or a ``ParquetFile``. An iterator can be
          gone through once.
        - None: the mail that comes with the program.
    labels : list, optional
        The label of each message, in words (``"spam"``, ``"ham"``) or as truth values (1 and True
        mean spam). None or an empty str marks a message without a label.
    ids : list, optional
        What each message is called. By default its place, counted from 0.
    name : str, optional
        What mail in memory is called in reports and errors.
    text_column, label_column : str, optional
        The names of these columns of a table.
    spam_label : str, optional
        The one label that means spam; every other means ham.
    label : {"ham", "spam"}, optional
        The class of every message that does not say itself what it is.
    bad_rows : {"few", "skip", "fail"}, optional
        Whether rows that cannot be used are skipped if they are few (up to one in twenty, the
        default), however many there are, or are an error.

    Returns
    -------
    Mail
        Nothing of a file is read yet.

    Examples
    --------
    >>> read(["lunch at noon", "claim your prize"], ["ham", "spam"]).labels
    ['ham', 'spam']
    """
    if isinstance(source, Mail):
        return source
    options = {
        "text_column": text_column,
        "label_column": label_column,
        "spam_label": None if spam_label is None else str(spam_label),
        "label": label,
        "bad_rows": bad_rows,
    }
    files = _files(source)
    if files is not None:
        if labels is not None or ids is not None:
            raise ValueError("labels and ids of mail in files stand in the files")
        return Mail(_native.Mail.of_inputs(files, _json(options)))
    batches = _batches(source)
    columns = None if batches is not None else _table(source)
    if batches is None and columns is None:
        batches, source = _batches_of_iterable(source)
    if batches is not None:
        if labels is not None or ids is not None:
            raise ValueError("labels and ids of mail in batches stand in their columns")
        called = name or _called(source, False)
        native = _native.Mail.of_batches(called, batches, batches.is_repeatable, _json(options))
        return Mail(native)
    is_list = columns is None
    if is_list:
        messages, found = _messages(source)
        ids = found if ids is None else ids
        columns = {"text": messages}
        options["text_column"] = "text"
    if labels is not None:
        columns["label"] = _as_list(labels)
        options["label_column"] = "label"
    if ids is not None:
        columns["id"] = [str(one) for one in _as_list(ids)]
    native = _native.Mail.of_columns(
        name or _called(source, is_list),
        list(columns),
        list(columns.values()),
        _json(options),
        is_list,
    )
    return Mail(native, is_unlabelled=is_list and labels is None)


def _json(options: Mapping) -> str:
    return json.dumps({name: value for name, value in options.items() if value is not None})


def _files(source: Any) -> list | None:
    if source is None:
        return []
    if isinstance(source, (str, os.PathLike)):
        return [source]
    if isinstance(source, (list, tuple)) and source:
        if all(isinstance(one, os.PathLike) for one in source):
            return list(source)
    return None


class _Batches:
    """Tables that are gone through one after the other, each time it is called."""

    def __init__(self, begin: Callable[[], Iterator], is_repeatable: bool) -> None:
        self._begin = begin
        self._is_begun = False
        self.is_repeatable = is_repeatable

    def __call__(self) -> Iterator[tuple[list[str], list[list]]]:
        if self._is_begun and not self.is_repeatable:
            raise ValueError(
                "these batches were gone through before; give a list of them, or something that "
                "can be gone through again, such as a ParquetFile"
            )
        self._is_begun = True
        return map(_columns, self._begin())


def _columns(batch: Any) -> tuple[list[str], list[list]]:
    columns = _table(batch)
    if columns is None:
        raise ValueError(f"a batch is a table, not {type(batch).__name__}")
    return list(columns), list(columns.values())


def _batches(source: Any) -> _Batches | None:
    """The batches of what can be asked for them."""
    for method in ("iter_batches", "to_batches"):
        begin = getattr(source, method, None)
        # A pyarrow Table, too, has batches, but it is in memory.
        if begin is not None and not hasattr(source, "to_pylist"):
            return _Batches(lambda: iter(begin()), True)
    return None


def _batches_of_iterable(source: Any) -> tuple[_Batches | None, Any]:
    """The batches of a list or an iterator of tables, or None; and the source, whose first element
    may have been looked at."""
    if isinstance(source, (list, tuple)):
        is_table = bool(source) and _is_table(source[0])
        return (_Batches(lambda: iter(source), True), source) if is_table else (None, source)
    if not hasattr(source, "__next__"):
        return None, source
    first = list(itertools.islice(source, 1))
    whole = itertools.chain(first, source)
    is_table = bool(first) and _is_table(first[0])
    return (_Batches(lambda: whole, False), source) if is_table else (None, whole)


def _is_table(batch: Any) -> bool:
    return not isinstance(batch, Mapping) and _table(batch) is not None


def _table(source: Any) -> dict[str, list] | None:
    """The columns of a table; None of anything else."""
    if isinstance(source, Mapping) and not isinstance(source, (Message, mailbox.Mailbox)):
        return {str(name): _as_list(values) for name, values in source.items()}
    if type(source).__module__.startswith("polars") and hasattr(source, "collect"):
        source = source.collect()
    if hasattr(source, "iloc") and hasattr(source, "columns"):
        places = range(len(source.columns))
        return {str(source.columns[at]): source.iloc[:, at].tolist() for at in places}
    if hasattr(source, "get_columns"):
        return {column.name: column.to_list() for column in source.get_columns()}
    if hasattr(source, "schema") and hasattr(source, "column"):
        names = source.schema.names
        return {name: source.column(at).to_pylist() for at, name in enumerate(names)}
    return None


def _messages(source: Any) -> tuple[list, list | None]:
    """The messages of a list, with what they are called if that is known."""
    if isinstance(source, mailbox.Mailbox):
        keys = list(source.keys())
        return [source.get_bytes(key) for key in keys], keys
    if isinstance(source, (bytes, bytearray, Message)):
        raise TypeError("a list of messages is expected; write [message] for one")
    try:
        return _as_list(source), None
    except TypeError:
        raise TypeError(
            "mail is a path, a list of messages, a mailbox, a DataFrame or Series of pandas or "
            f"polars, or a pyarrow Table, not {type(source).__name__}"
        ) from None


def _as_list(values: Any) -> list:
    for method in ("to_pylist", "to_list", "tolist"):
        convert = getattr(values, method, None)
        if convert is not None:
            return convert()
    return values if isinstance(values, list) else list(values)


def _called(source: Any, is_list: bool) -> str:
    kind = type(source).__name__
    if isinstance(source, mailbox.Mailbox):
        path = getattr(source, "_path", None)
        return os.fspath(path) if path else "the mailbox"
    if is_list:
        return "the list"
    return "the table" if isinstance(source, Mapping) else f"the {kind}"


def messages(source: Any) -> Mail:
    """Mail to classify: as `read` takes it, but that a str alone is no path."""
    if isinstance(source, (str, bytes, bytearray, Message)):
        raise TypeError(
            "a list of messages is expected; write [message] for one, or read(path) for a file"
        )
    return read(source)


def labelled(source: Any) -> Mail:
    """Mail to learn from."""
    mail = read(source)
    if mail._is_unlabelled:
        raise ValueError("the messages have no labels: give them, as in read(messages, labels)")
    return mail
