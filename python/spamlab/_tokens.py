"""What models read of mail, and which models there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from spamlab import _mail, _native
from spamlab._frames import columns_of


def tokenize(message: Any, recipe: Mapping | None = None) -> list[str] | list[list[str]]:
    """The tokens that models read of a message: clues of its headers first, then its words.

    Parameters
    ----------
    message : str, bytes, email.message.Message, or many of them
        One message; or a list or anything else that `read` takes but for a path as str.
    recipe : dict, optional
        Choices of the tokenizer other than the default: ``tokenizer``, ``headers``, ``stem``,
        ``deobfuscate``, ``ngrams``, ``byte_ngrams``.

    Returns
    -------
    list of str
        Of several messages, a list of such lists.

    Examples
    --------
    >>> tokenize("Winning prizes!", {"stem": "no"})
    ['winning', 'prizes', 'shape:!']
    """
    one = isinstance(message, (str, bytes)) or hasattr(message, "as_bytes")
    mail = _mail.messages([message] if one else message)
    tokens = _native.tokenize(mail._native, json.dumps(dict(recipe or {})))
    return tokens[0] if one else tokens


def models() -> Any:
    """Every model: its name, its family, what it is, and its settings.

    Returns
    -------
    pandas.DataFrame or dict of list
    """
    rows = _native.models()
    columns = ("model", "family", "summary", "settings")
    found = dict(zip(columns, map(list, zip(*rows))))
    found["settings"] = [", ".join(settings) for settings in found["settings"]]
    return columns_of(found)


__all__ = ["models", "tokenize"]
