"""Generative and discriminative spam classifiers, side by side.

>>> import spamlab as sl
>>> data = sl.read("mail.csv")                                          # doctest: +SKIP
>>> experiment = sl.compare(data, models=["multinomial", "svm"], seed=1)  # doctest: +SKIP
>>> model = sl.train(data)                                              # doctest: +SKIP
>>> model.predict(["Claim your free prize now!"])                       # doctest: +SKIP
['spam']

The functions do what the commands of the program ``spamlab`` do, by the same code: the same mail and
seed give the same bytes. numpy, pandas, polars, pyarrow and scikit-learn are used where they are
installed; none is needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from spamlab._compare import Chart, Experiment, compare
from spamlab._mail import Mail, read
from spamlab._model import Explanation, Model, train, train_from_counts
from spamlab._native import SpamlabError, __version__
from spamlab._tokens import models, tokenize

if TYPE_CHECKING:
    from spamlab import sklearn as sklearn
    from spamlab import spark as spark

__all__ = [
    "Chart",
    "Experiment",
    "Explanation",
    "Mail",
    "Model",
    "SpamlabError",
    "__version__",
    "compare",
    "models",
    "read",
    "tokenize",
    "train",
    "train_from_counts",
]

# Modules that need more than Python; each is imported when it is first asked for.
_ON_DEMAND = ("sklearn", "spark")


def __getattr__(name):
    if name in _ON_DEMAND:
        return import_module(f"spamlab.{name}")
    raise AttributeError(f"module 'spamlab' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__, *_ON_DEMAND})
