"""What is asked: the fields of a specification, from the arguments of functions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any


def given(
    models: str | Iterable[str] | None,
    settings: Mapping | None,
    folds: int | None = None,
    split: Any = None,
    **more: Any,
) -> str:
    """The fields that are given, as JSON."""
    fields = {name: value for name, value in more.items() if value is not None}
    if models is not None:
        fields["models"] = names(models)
    if settings:
        fields["settings"] = _by_model(settings)
    if split is not None:
        if folds is not None:
            raise ValueError("folds and split exclude each other")
        fields["split"] = {"file": os.fspath(split)}
    elif folds is not None:
        fields["split"] = {"folds": folds}
    return json.dumps(fields, default=_plain)


def names(given: str | Iterable[str] | None) -> list[str]:
    """Names, of which one may be given alone."""
    return [given] if isinstance(given, str) else list(given or [])


def _by_model(settings: Mapping) -> dict[str, dict]:
    """``{"svm.c": 10}`` is ``{"svm": {"c": 10}}``."""
    by_model: dict[str, dict] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            by_model.setdefault(name, {}).update(value)
        elif "." in name:
            model, setting = name.split(".", 1)
            by_model.setdefault(model, {})[setting] = value
        else:
            raise ValueError(f"{name!r}: write {{model: {{setting: value}}}}, or 'model.setting'")
    return by_model


def _plain(value: Any) -> Any:
    """Numbers of numpy, paths and anything that lists itself."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise ValueError(f"{value!r} ({type(value).__name__}) is no value of a specification")


def is_shown(progress: bool | None) -> bool:
    """Whether progress is shown: if not said, to whoever watches a terminal or a notebook."""
    if progress is not None:
        return bool(progress)
    ipython = sys.modules.get("IPython")
    if ipython is not None and hasattr(ipython.get_ipython(), "kernel"):
        return True
    return sys.stderr is not None and sys.stderr.isatty()
