"""spamlab as estimators of scikit-learn: a classifier and a vectorizer that read mail."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, column_or_1d

from spamlab import _mail, _native
from spamlab._frames import numbers
from spamlab._model import train

__all__ = ["SpamClassifier", "Tokenizer"]

# The settings of each model.
_SETTINGS = {name: settings for name, _, _, settings in _native.models()}


class _ReadsMail:
    """Tags of an estimator whose input is mail."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        if tags.classifier_tags is not None:
            tags.classifier_tags.multi_class = False
        return tags


class SpamClassifier(_ReadsMail, ClassifierMixin, BaseEstimator):
    """One model of spamlab as a classifier.

    Parameters
    ----------
    model : str, default="svm"
        The name of the model, see `spamlab.models`.
    seed : int, default=1
        Of all random choices.
    recipe : dict, optional
        Choices of the tokenizer other than the default.
    vocabulary : dict, optional
        How the vocabulary is learned: ``min_df``, ``max_features``.
    calibration : str, default="platt"
        How scores become probabilities.
    **settings
        Settings of the model, such as ``c=10``. What is left out training chooses, or it has its
        default.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    model_ : spamlab.Model
        The model, which can be saved and explains its verdicts.

    Notes
    -----
    `X` is a list of messages (str, bytes or ``email.message.Message``), or what else
    `spamlab.read` takes; to be divided, for cross-validation, it must be a list, an array or a
    Series. Labels are any two values. Those that mean spam and ham to the command
    ``spamlab`` (``"spam"`` and ``"ham"``, 1 and 0) mean so here, and of any others the second in
    their order is taken for spam.

    Examples
    --------
    >>> mail = ["claim your prize now", "lunch at noon", "cheap pills", "the minutes attached"] * 8
    >>> classifier = SpamClassifier(model="multinomial").fit(mail, ["junk", "fine"] * 16)
    >>> classifier.predict(["your prize"]).tolist()
    ['junk']
    """

    def __init__(
        self,
        model="svm",
        *,
        seed=1,
        recipe=None,
        vocabulary=None,
        calibration="platt",
        **settings,
    ):
        self.model = model
        self.seed = seed
        self.recipe = recipe
        self.vocabulary = vocabulary
        self.calibration = calibration
        self.settings = settings

    def get_params(self, deep: bool = True) -> dict:
        """Get the parameters, the settings of the model among them.

        Parameters
        ----------
        deep : bool
            Without effect: no parameter is an estimator.

        Returns
        -------
        dict
        """
        return {name: getattr(self, name) for name in self._get_param_names()} | self.settings

    def set_params(self, **params: Any) -> SpamClassifier:
        """Set parameters, the settings of the model among them.

        Returns
        -------
        SpamClassifier
        """
        known = set(self._get_param_names())
        model = params.get("model", self.model)
        # A setting that the model does not have is an error now, and not after an hour of search.
        for name in params.keys() - known:
            if model in _SETTINGS and name not in _SETTINGS[model]:
                settings = ", ".join(_SETTINGS[model]) or "none"
                raise ValueError(f"{model} has no setting {name!r}; it has: {settings}")
        self.settings = self.settings | {n: v for n, v in params.items() if n not in known}
        for name in params.keys() & known:
            setattr(self, name, params[name])
        return self

    @classmethod
    def _get_param_names(cls):
        parameters = inspect.signature(cls.__init__).parameters.values()
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        return sorted(one.name for one in parameters if one.kind in named and one.name != "self")

    def fit(self, X: Any, y: Any) -> SpamClassifier:
        """Train the model.

        Parameters
        ----------
        X : list of messages
        y : array-like of shape (n,)
            Labels, two different ones.

        Returns
        -------
        SpamClassifier
        """
        labels = column_or_1d(y)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) != 2:
            found = ", ".join(map(repr, self.classes_.tolist()[:5]))
            raise ValueError(
                f"y has {len(self.classes_)} different labels ({found}); two are needed"
            )
        self._spam = _spam_of(self.classes_)
        words = np.array(["ham", "spam"])[(codes == self._spam).astype(int)].tolist()
        self.model_ = train(
            _mail.read(X, words),
            self.model,
            seed=self.seed,
            settings={self.model: self.settings} if self.settings else None,
            progress=False,
            recipe=self.recipe,
            vocabulary=self.vocabulary,
            calibration=self.calibration,
        )
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """The log-odds of the second class, calibrated.

        Parameters
        ----------
        X : list of messages

        Returns
        -------
        ndarray of shape (n,)
        """
        log_odds = self._scored(X, "log_odds")
        return log_odds if self._spam == 1 else -log_odds

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probabilities of both classes, calibrated.

        Parameters
        ----------
        X : list of messages

        Returns
        -------
        ndarray of shape (n, 2)
        """
        spam = self._scored(X, "probability")
        columns = [1.0 - spam, spam] if self._spam == 1 else [spam, 1.0 - spam]
        return np.column_stack(columns)

    def predict(self, X: Any) -> np.ndarray:
        """The likelier class.

        Parameters
        ----------
        X : list of messages

        Returns
        -------
        ndarray of shape (n,)
        """
        is_spam = self._scored(X, "log_odds") >= 0.0
        return self.classes_[np.where(is_spam, self._spam, 1 - self._spam)]

    def _scored(self, X, column):
        check_is_fitted(self, "model_")
        return numbers(self.model_._scored(X, None)[column])


def _spam_of(classes) -> int:
    """The place of the class that is spam."""
    meant = [_native.label_of(str(one)) for one in classes.tolist()]
    return 0 if meant in (["spam", "ham"], ["spam", None], [None, "ham"]) else 1


class Tokenizer(_ReadsMail, TransformerMixin, BaseEstimator):
    """Counts the tokens of mail, for pipelines of scikit-learn.

    It reads mail as the models of spamlab do: MIME, HTML, charsets, clues of headers and links,
    stems. It takes the place of ``CountVectorizer``. An instance can also be called, as the
    ``analyzer`` of a vectorizer, which is slower.

    Parameters
    ----------
    recipe : dict, optional
        Choices of the tokenizer other than the default.
    min_df : int, default=1
        The number of training messages that must contain a token for it to be learned.
    binary : bool, default=False
        Whether to tell only whether a token occurs.

    Attributes
    ----------
    vocabulary_ : dict
        The column of each token.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfTransformer
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import LinearSVC
    >>> mail = ["claim your prize now", "lunch at noon"] * 8
    >>> svm = make_pipeline(Tokenizer(), TfidfTransformer(), LinearSVC()).fit(mail, [1, 0] * 8)
    >>> svm.predict(["your prize"]).tolist()
    [1]
    """

    def __init__(self, *, recipe: Mapping | None = None, min_df: int = 1, binary: bool = False):
        self.recipe = recipe
        self.min_df = min_df
        self.binary = binary

    def fit(self, X, y=None):
        """Learn the vocabulary.

        Returns
        -------
        Tokenizer
        """
        self._learn(*self._counts(X))
        return self

    def fit_transform(self, X, y=None, **fit_params):
        """Learn the vocabulary and count, reading the mail once.

        Returns
        -------
        csr_matrix of shape (n, tokens)
        """
        tokens, counts = self._counts(X)
        self._learn(tokens, counts)
        return self._columns(tokens, counts)

    def transform(self, X):
        """Count the tokens that were learned.

        Returns
        -------
        csr_matrix of shape (n, tokens)
        """
        check_is_fitted(self, "vocabulary_")
        return self._columns(*self._counts(X))

    def get_feature_names_out(self, input_features=None):
        """The token of each column.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self, "vocabulary_")
        return np.array(sorted(self.vocabulary_, key=self.vocabulary_.get), dtype=object)

    def __call__(self, message):
        """The tokens of one message, in order."""
        return _native.tokenize(_mail.messages([message])._native, self._recipe())[0]

    def _recipe(self) -> str:
        return json.dumps(dict(self.recipe or {}))

    def _counts(self, X):
        """The tokens of some mail, and their counts by message."""
        from scipy.sparse import csr_matrix

        found = _native.count(_mail.messages(X)._native, self._recipe())
        indptr = np.frombuffer(found["indptr"], dtype=np.int64)
        indices = np.frombuffer(found["indices"], dtype=np.int32)
        counts = np.frombuffer(found["counts"], dtype=np.int32)
        tokens = found["tokens"]
        shape = (len(indptr) - 1, len(tokens))
        return tokens, csr_matrix((counts, indices, indptr), shape=shape)

    def _learn(self, tokens, counts) -> None:
        emails = np.bincount(counts.indices, minlength=len(tokens))
        learned = (token for token, df in zip(tokens, emails) if df >= self.min_df)
        self.vocabulary_: dict[str, int] = {}
        for token in learned:
            self.vocabulary_.setdefault(token, len(self.vocabulary_))

    def _columns(self, tokens, counts):
        from scipy.sparse import csr_matrix

        columns = np.array([self.vocabulary_.get(token, -1) for token in tokens], dtype=np.int64)
        coo = counts.tocoo()
        column = columns[coo.col]
        known = column >= 0
        values = np.ones(known.sum(), np.float64) if self.binary else coo.data[known]
        shape = (counts.shape[0], len(self.vocabulary_))
        found = csr_matrix((values, (coo.row[known], column[known])), shape=shape)
        found.sort_indices()
        return found.astype(np.float64)
