"""Trained models, and what they say of mail."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from spamlab import _asked, _html, _mail, _native
from spamlab._frames import columns_of, numbers

__all__ = ["Explanation", "Model", "train", "train_from_counts"]

# The verdicts in the order of their codes.
_VERDICTS = ("ham", "unsure", "spam")


@dataclass(frozen=True)
class Explanation:
    """What decided the verdict of a model on a message.

    Attributes
    ----------
    model : str
        The name of the model.
    predicted : {"ham", "unsure", "spam"}
        The verdict.
    probability, log_odds : float
        Of spam, calibrated.
    score : float
        The raw score of the model, in its own unit.
    tokens : list of str
        The tokens that weighed most, heaviest first.
    contributions : list of float
        What each of them added to the score; above 0 speaks for spam.
    rest, intercept : float
        What all other tokens added, and the score without any token.
    exact : bool
        Whether it all adds up to the score.
    """

    model: str
    predicted: str
    probability: float
    log_odds: float
    score: float
    tokens: list[str]
    contributions: list[float]
    rest: float
    intercept: float
    exact: bool

    def __str__(self) -> str:
        head = f"{self.model}: {self.predicted} (probability of spam {self.probability:.4f})"
        pairs = zip(self.tokens, self.contributions)
        return "\n".join([head, *(f"{value:+9.3f}  {token}" for token, value in pairs)])

    def _repr_html_(self) -> str:
        return _html.explanation(self)


class Model:
    """The models of a model file, which classify mail.

    Whoever names no model where one is needed gets `best`. Pickling goes by the bytes of the file.
    """

    __slots__ = ("_best", "_card", "_native")

    def __init__(self, native: _native.Model) -> None:
        self._native = native
        self._card: dict = json.loads(native.card())
        self._best: str | None = None

    @classmethod
    def load(cls, path: str | os.PathLike) -> Model:
        """Read a model file, whoever wrote it: `Model.save` or the command ``spamlab train``."""
        return cls(_native.Model.load(path))

    @classmethod
    def loads(cls, data: bytes) -> Model:
        """Read the bytes of a model file."""
        return cls(_native.Model.from_bytes(data))

    def save(self, path: str | os.PathLike) -> None:
        """Write the model file, whole or not at all."""
        self._native.save(path)

    def dumps(self) -> bytes:
        """The bytes of the model file."""
        return self._native.to_bytes()

    @property
    def card(self) -> dict:
        """What the file says of itself: its mail, recipe, models and their settings."""
        return json.loads(self._native.card())

    @property
    def models(self) -> list[str]:
        """The names of its models."""
        return [model["name"] for model in self._card["models"]]

    @property
    def recipe(self) -> dict:
        """How mail is turned into tokens."""
        return dict(self._card["recipe"])

    @property
    def best(self) -> str:
        """The model with the lowest log loss on mail that was held out of its training.

        The first of the file, if none held out any.
        """
        if self._best is None:
            losses = self._native.held_out_losses() if len(self.models) > 1 else {}
            worst = float("inf")
            self._best = min(self.models, key=lambda model: losses.get(model, worst))
        return self._best

    def predict(self, messages: Any, model: str | None = None) -> list[str]:
        """The verdict of a model on each message.

        Parameters
        ----------
        messages : list of str or bytes, Mail, mailbox, Series, DataFrame or Table
            As `read` takes it, but for a path as str.
        model : str, optional
            By default `best`.

        Returns
        -------
        list of str
            ``"ham"`` or ``"spam"``, or ``"unsure"`` where the decision has such a band. Of mail in
            memory one per row; of files one per message that can be read.
        """
        codes = self._scored(messages, model)["predicted"]
        return [_VERDICTS[code] for code in codes]

    def predict_proba(self, messages: Any, model: str | None = None) -> Any:
        """The calibrated probabilities of both classes.

        Parameters
        ----------
        messages, model
            As in `predict`.

        Returns
        -------
        numpy.ndarray of shape (n, 2), or dict of list
            Ham and spam; without numpy a list per class.
        """
        spam = numbers(self._scored(messages, model)["probability"])
        if isinstance(spam, list):
            return {"ham": [1.0 - one for one in spam], "spam": spam}
        import numpy

        return numpy.column_stack([1.0 - spam, spam])

    def decision_function(self, messages: Any, model: str | None = None) -> Any:
        """The calibrated log-odds of spam, in nats; spam from the threshold on, 0 by default.

        Parameters
        ----------
        messages, model
            As in `predict`.

        Returns
        -------
        numpy.ndarray or list of float
        """
        return numbers(self._scored(messages, model)["log_odds"])

    def verdicts(self, messages: Any, models: str | Iterable[str] | None = None) -> Any:
        """What several models say of each message.

        Parameters
        ----------
        messages : as in `predict`
        models : str or list of str, optional
            By default, all of the file.

        Returns
        -------
        pandas.DataFrame or dict of list
            A row per model and message: ``id``, ``model``, ``score``, ``log_odds``,
            ``probability``, ``predicted``.
        """
        mail = _mail.messages(messages)
        scored = self._native.score(mail._native, _asked.names(models), False)
        found: dict[str, list] = {"id": [], "model": []}
        for name, columns in scored["models"].items():
            found["id"] += scored["id"]
            found["model"] += [name] * len(scored["id"])
            for column in ("score", "log_odds", "probability"):
                found.setdefault(column, []).extend(numbers(columns[column]))
            verdicts = (_VERDICTS[code] for code in columns["predicted"])
            found.setdefault("predicted", []).extend(verdicts)
        return columns_of(found)

    def explain(self, message: Any, model: str | None = None, *, words: int = 10) -> Explanation:
        """What decided the verdict of a model on one message.

        Parameters
        ----------
        message : str, bytes or email.message.Message
        model : str, optional
            By default `best`.
        words : int
            How many tokens to tell.

        Returns
        -------
        Explanation
        """
        model = model or self.best
        mail = _mail.messages([message])
        told = json.loads(self._native.explain(mail._native, model, words))
        reasons = told.pop("reasons")
        tokens = reasons.pop("tokens")
        return Explanation(
            model=model,
            tokens=[token for token, _ in tokens],
            contributions=[value for _, value in tokens],
            **told,
            **reasons,
        )

    def sample(
        self,
        label: str,
        *,
        prompt: str | bytes = b"",
        n: int = 1,
        model: str | None = None,
        length: int | None = None,
        temperature: float = 1.0,
        seed: int = 1,
    ) -> list[str]:
        """Sample messages from a generative model.

        Parameters
        ----------
        label : {"ham", "spam"}
            The class whose mail to sample.
        prompt : str or bytes
            How the text begins, for a model of text.
        n : int
            How many messages.
        model : str, optional
            By default the first of the file that generates text, or else words.
        length : int, optional
            Bytes of text, or tokens; by default the model chooses.
        temperature : float
            Below 1 likely symbols become likelier, above 1 unlikely ones do.
        seed : int
            The same seed gives the same messages.

        Returns
        -------
        list of str
            Each the subject, a newline and the body.
        """
        if isinstance(prompt, str):
            prompt = prompt.encode("utf-8", "replace")
        return self._native.sample(label, prompt, n, model, length, temperature, seed)

    def bits_per_byte(self, messages: Any, model: str | None = None) -> Any:
        """The code length of the text of each message, by a model of bytes.

        Parameters
        ----------
        messages : as in `predict`
        model : str, optional
            By default the first of the file that reads bytes in order.

        Returns
        -------
        numpy.ndarray or list of float
            Bits per byte of the subject, a newline and the body, under the mixture of both
            classes.
        """
        return numbers(self._native.bits_per_byte(_mail.messages(messages)._native, model))

    def _scored(self, messages: Any, model: str | None) -> dict[str, bytes]:
        mail = _mail.messages(messages)
        model = model or self.best
        return self._native.score(mail._native, [model], False)["models"][model]

    def __repr__(self) -> str:
        ham, spam = self._card["emails"]
        source, models = self._card["source"], ", ".join(self.models)
        return f"<spamlab.Model: {models}; trained on {source}, {ham} ham, {spam} spam>"

    def __reduce__(self):
        return Model.loads, (self.dumps(),)


def train(
    data: Any = None,
    models: str | Iterable[str] | None = None,
    *,
    seed: int | None = None,
    settings: Mapping | None = None,
    config: str | os.PathLike | None = None,
    progress: bool | None = None,
    **specification: Any,
) -> Model:
    """Train models on all of some labelled mail.

    Parameters
    ----------
    data : Mail or anything that `read` takes
        Labelled mail; the mail that comes with the program if left out.
    models, seed, settings, config, progress, **specification
        As in `compare`. Without `models` and `config`, `also` is ``["byte-ngram"]``: the default
        models and one that writes texts and tells their code length.

    Returns
    -------
    Model
        Its bytes are those that the command ``spamlab train`` writes, without names of models
        ``spamlab train --also byte-ngram``.
    """
    if models is None and config is None:
        specification.setdefault("also", ["byte-ngram"])
    given = _asked.given(models, settings, seed=seed, **specification)
    mail = _mail.labelled(data)
    shown = _asked.is_shown(progress)
    return Model(_native.Model.train(mail._native, config, given, shown))


def train_from_counts(
    counts: Any,
    models: str | Iterable[str] | None = None,
    *,
    settings: Mapping | None = None,
    progress: bool | None = None,
    **specification: Any,
) -> Model:
    """Train models from counts that many processes made.

    Parameters
    ----------
    counts : pyspark.sql.DataFrame, path, or list of paths
        What `spamlab.spark.count` returned; or files and folders with what ``spamlab count``
        printed or `spamlab.spark.save_counts` wrote.
    models, settings, progress, **specification
        As in `compare`. By default, all default models that learn from counts. The recipe and the
        seed are those of the counts.

    Returns
    -------
    Model
        Its bytes are those that ``spamlab train --counts`` writes, whoever counted what.
    """
    given = _asked.given(models, settings, **specification)
    shown = _asked.is_shown(progress)
    if hasattr(counts, "toArrow"):
        from spamlab.spark import _pieces

        return Model.loads(_native.train_counts(None, _pieces(counts), given, shown))
    paths = [counts] if isinstance(counts, (str, os.PathLike)) else list(counts)
    return Model.loads(_native.train_counts(paths, None, given, shown))
