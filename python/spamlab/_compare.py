"""Comparisons: every model on the same folds of the same mail."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from spamlab import _asked, _html, _mail, _native
from spamlab._frames import frame, rows

__all__ = ["Chart", "Experiment", "compare"]


class Chart(str):
    """A chart as SVG, which a notebook shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        title = re.search("<title>(.*?)</title>", self)
        return f"<spamlab.Chart: {unescape(title[1]) if title else 'SVG'}>"

    def _repr_html_(self) -> str:
        # As an image, so that its style sheet touches nothing else on the page.
        return _html.image(self, repr(self))

    def save(self, path: str | os.PathLike) -> None:
        """Write the chart to a file."""
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(self)


class Experiment:
    """Everything that a comparison found.

    In a notebook it shows itself as the first screen of its report.

    Attributes
    ----------
    name : str
        Its name, after the mail.
    models : list of str
        The names of its models.
    headline, finding : str
        What was found, in a few words and in a sentence.
    table, predictions, pairs : pandas.DataFrame or dict of list
        Every metric of every model with its interval; the score, probability and verdict of every
        model on every message; every pair of models with the tests between them: how many messages
        only one got right, McNemar's p-value alone and as one of all pairs, and the gain in
        accuracy of the first with the corrected resampled t-test over folds.
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.Experiment) -> None:
        self._native = native

    @classmethod
    def load(cls, path: str | os.PathLike) -> Experiment:
        """Read the folder of a report, or its ``experiment.json``."""
        return cls(_native.Experiment.load(path))

    def save(self, folder: str | os.PathLike, *, times: bool = False) -> None:
        """Write the report, with pages, tables, charts and ``experiment.json``, into a folder.

        Parameters
        ----------
        folder : path
            Made if it does not exist. An earlier report there is replaced, nothing else.
        times : bool
            Whether to write what depends on the clock, too. Without it the same mail and seed give
            the same bytes, those of ``spamlab compare --no-times``.
        """
        self._native.save(folder, times)

    @property
    def name(self) -> str:
        return self._native.name

    @property
    def models(self) -> list[str]:
        return self._native.models

    @property
    def headline(self) -> str:
        return self._native.finding()[0]

    @property
    def finding(self) -> str:
        return self._native.finding()[1]

    @property
    def table(self) -> Any:
        return self.tables["summary"]

    @property
    def pairs(self) -> Any:
        return rows(map(_flat, json.loads(self._native.pairs())))

    @property
    def times(self) -> dict | None:
        """What depends on the clock: seconds per fit, messages per second; None if not known."""
        return json.loads(self._native.timing())

    @property
    def tables(self) -> dict[str, Any]:
        """Every table of the report by its name."""
        return {name: frame(text) for name, text in self._native.tables().items()}

    @property
    def predictions(self) -> Any:
        return frame(self._native.predictions())

    @property
    def charts(self) -> dict[str, str]:
        """The charts that it has the data for, by name, each with its title."""
        return dict(self._native.charts())

    def chart(self, name: str) -> Chart:
        """A chart of the report as SVG.

        Parameters
        ----------
        name : str
            One of `charts`, such as ``"roc"``, ``"intervals"`` or ``"learning_curve"``.
        """
        svg = self._native.chart(name)
        if svg is None:
            there = ", ".join(self.charts)
            raise ValueError(f"the experiment has no data for the chart {name!r}; there are {there}")
        return Chart(svg)

    def to_dict(self) -> dict:
        """All of it as plain data, as in ``experiment.json``."""
        return json.loads(self._native.json())

    def __repr__(self) -> str:
        return f"<spamlab.Experiment {self.name}: {self.headline}>"

    def _repr_html_(self) -> str:
        return _html.first_screen(self._native)

    def __reduce__(self):
        return _unpickled, (self._native.to_bytes(),)


def _flat(pair: dict) -> dict:
    """A pair of models, with the test over folds beside the others."""
    names = ("a", "b", "only_a_right", "only_b_right", "p_value", "p_adjusted")
    row = {name: pair.get(name) for name in names}
    test = pair["resampled_t"] or {}
    low, high = test.get("interval", (None, None))
    return row | {
        "accuracy_gain": test.get("gain"),
        "accuracy_gain_low": low,
        "accuracy_gain_high": high,
        "p_value_over_folds": test.get("p_value"),
    }


def _unpickled(data: bytes) -> Experiment:
    return Experiment(_native.Experiment.from_bytes(data))


def compare(
    data: Any = None,
    models: str | Iterable[str] | None = None,
    *,
    seed: int | None = None,
    folds: int | None = None,
    split: str | os.PathLike | None = None,
    settings: Mapping | None = None,
    analyses: Mapping[str, Any] | None = None,
    resamples: int | None = None,
    redact: bool | None = None,
    config: str | os.PathLike | None = None,
    progress: bool | None = None,
    **specification: Any,
) -> Experiment:
    """Compare models by cross-validation.

    Parameters
    ----------
    data : Mail or anything that `read` takes
        Labelled mail; the mail that comes with the program if left out.
    models : str or list of str, optional
        Their names, see `models`; the default ones if left out.
    seed : int, optional
        Of all random choices, by default 1.
    folds : int, optional
        Number of folds, by default 10.
    split : path, optional
        A CSV file with the columns ``id`` and ``split`` (train, test or a fold number).
    settings : dict, optional
        By model, as in ``{"svm": {"c": 10}}``, or ``{"svm.c": 10}``. Of a list of values training
        chooses one.
    analyses : dict, optional
        By name, True or False or parameters, as in ``{"learning_curve": False}``.
    resamples : int, optional
        Bootstrap resamples behind the intervals; 0 for no intervals.
    redact : bool, optional
        Whether to hide texts, addresses and numbers in what is saved.
    config : path, optional
        A specification to start from: a TOML file, or a saved ``experiment.json``.
    progress : bool, optional
        Whether to show on stderr how far the work is; by default on a terminal and in a notebook.
    **specification
        Further fields of a specification: ``recipe``, ``vocabulary``, ``exclude_kinds``,
        ``augment``, ``calibration``, ``decision``, ``search``, ``external``.

    Returns
    -------
    Experiment
        The same mail, models and seed give the same bytes as the command ``spamlab compare``, with
        any number of threads.

    Raises
    ------
    ValueError
        If something is asked wrongly, or the mail cannot be used.
    OSError
        If a file cannot be read.
    """
    given = _asked.given(
        models,
        settings,
        folds,
        split,
        seed=seed,
        analyses=analyses,
        resamples=resamples,
        redact=redact,
        **specification,
    )
    mail = _mail.labelled(data)
    shown = _asked.is_shown(progress)
    return Experiment(_native.Experiment.compare(mail._native, config, given, shown))
