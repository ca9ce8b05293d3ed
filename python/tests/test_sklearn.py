"""The estimators in the hands of scikit-learn. Its `check_estimator` skips whatever reads text."""

import io
import pickle

import pytest

np = pytest.importorskip("numpy")
sklearn = pytest.importorskip("sklearn")
joblib = pytest.importorskip("joblib")

from sklearn.base import clone  # noqa: E402
from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer  # noqa: E402

import spamlab as sl  # noqa: E402
from spamlab.sklearn import SpamClassifier, Tokenizer  # noqa: E402


def test_parameters_are_told_set_and_cloned():
    classifier = SpamClassifier("svm", c=10, seed=3)
    expected = {
        "model": "svm",
        "seed": 3,
        "recipe": None,
        "vocabulary": None,
        "calibration": "platt",
        "c": 10,
    }
    assert classifier.get_params() == expected
    assert clone(classifier).get_params() == expected
    classifier.set_params(c=1, seed=4)
    assert classifier.get_params()["c"] == 1 and classifier.seed == 4
    classifier.set_params(model="multinomial", alpha=0.5)
    with pytest.raises(ValueError, match="multinomial has no setting 'gamma'"):
        classifier.set_params(gamma=1)
    assert "c=10" in repr(SpamClassifier(c=10))


def test_it_is_the_model_that_train_gives(texts, labels):
    classifier = SpamClassifier(c=1).fit(texts, labels)
    model = sl.train(sl.read(texts, labels), "svm", settings={"svm": {"c": 1}})
    assert classifier.model_.dumps() == model.dumps()
    assert np.array_equal(classifier.predict_proba(texts), model.predict_proba(texts))
    assert classifier.predict(texts).tolist() == model.predict(texts)
    assert classifier.classes_.tolist() == ["ham", "spam"]
    assert classifier.score(texts, labels) > 0.9


def test_any_two_labels_will_do(texts, labels):
    spam = np.array(labels) == "spam"
    reference = SpamClassifier("multinomial").fit(texts, labels)
    probability = reference.predict_proba(texts)[:, 1]
    for ham_label, spam_label, place in [
        (0, 1, 1),
        (False, True, 1),
        (-1, 1, 1),
        ("legit", "junk", 0),
        ("fine", "junk", 1),
        (2.5, 7.5, 1),
    ]:
        y = np.where(spam, spam_label, ham_label)
        classifier = SpamClassifier("multinomial").fit(texts, y)
        assert classifier.classes_[place] == spam_label
        assert np.array_equal(classifier.predict_proba(texts)[:, place], probability)
        assert np.array_equal(classifier.predict(texts) == spam_label, probability >= 0.5)
        odds = classifier.decision_function(texts)
        assert np.array_equal(odds > 0, classifier.predict(texts) == classifier.classes_[1])


def test_cross_validation_grid_search_and_pipelines(texts, labels):
    classifier = SpamClassifier("multinomial")
    alone = cross_val_score(classifier, texts, labels, cv=3)
    several = cross_val_score(classifier, texts, labels, cv=3, n_jobs=2)
    assert np.array_equal(alone, several) and alone.min() > 0.6
    found = cross_val_predict(classifier, texts, labels, cv=3, method="predict_proba")
    assert roc_auc_score(np.array(labels) == "spam", found[:, 1]) > 0.7
    search = GridSearchCV(SpamClassifier("svm"), {"c": [0.01, 1]}, cv=2).fit(texts, labels)
    assert search.best_params_["c"] in (0.01, 1)
    assert search.best_estimator_.model_.card["models"][0]["settings"]["c"] == search.best_params_["c"]
    upper = FunctionTransformer(lambda mail: [text.upper() for text in mail])
    piped = make_pipeline(upper, SpamClassifier("multinomial")).fit(texts, labels)
    assert piped.predict(texts).shape == (len(texts),)
    with pytest.raises(ValueError, match="no setting"):
        GridSearchCV(SpamClassifier("svm"), {"depth": [1]}, cv=2).fit(texts, labels)


def test_it_can_be_calibrated_once_more(texts, labels):
    for method in ("sigmoid", "isotonic"):
        calibrated = CalibratedClassifierCV(SpamClassifier("multinomial"), method=method, cv=3)
        probability = calibrated.fit(texts, labels).predict_proba(texts)
        assert probability.shape == (len(texts), 2) and np.isfinite(probability).all()


def test_it_is_saved_by_pickle_and_joblib(texts, labels):
    classifier = SpamClassifier("multinomial").fit(texts, labels)
    expected = classifier.predict_proba(texts)
    other = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(other.predict_proba(texts), expected)
    file = io.BytesIO()
    joblib.dump(classifier, file)
    file.seek(0)
    assert np.array_equal(joblib.load(file).predict_proba(texts), expected)


def test_what_is_wrong_is_one_clear_sentence(texts, labels):
    with pytest.raises(NotFittedError):
        SpamClassifier().predict(texts)
    with pytest.raises(ValueError, match="y has 1 different labels"):
        SpamClassifier().fit(texts, ["ham"] * len(texts))
    with pytest.raises(ValueError, match="y has 3 different labels"):
        SpamClassifier().fit(texts, (["a", "b", "c"] * len(texts))[: len(texts)])
    with pytest.raises(ValueError, match="values of `label`"):
        SpamClassifier().fit(texts, labels[:-1])
    with pytest.raises(ValueError, match='there is no model "svn"'):
        SpamClassifier("svn").fit(texts, labels)
    with pytest.raises(TypeError, match="message 0 is of the type list"):
        SpamClassifier().fit([[1.0, 2.0]] * len(texts), labels)


def test_the_tokenizer_takes_the_place_of_a_count_vectorizer(texts, labels):
    tokenizer = Tokenizer(min_df=2).fit(texts)
    counts = tokenizer.transform(texts)
    names = tokenizer.get_feature_names_out()
    assert counts.shape == (len(texts), len(names)) and counts.dtype == np.float64
    assert (counts != Tokenizer(min_df=2).fit_transform(texts)).nnz == 0
    row = {names[at]: counts[3, at] for at in counts[3].indices}
    tokens = [token for token in tokenizer(texts[3]) if token in tokenizer.vocabulary_]
    assert row == {token: tokens.count(token) for token in tokens}
    assert Tokenizer(binary=True).fit_transform(texts).max() == 1.0
    pipeline = make_pipeline(Tokenizer(), TfidfTransformer(), LogisticRegression())
    assert cross_val_score(clone(pipeline), texts, labels, cv=3).min() > 0.6
    assert pickle.loads(pickle.dumps(pipeline.fit(texts, labels))).predict(texts).size == len(texts)
    called = TfidfVectorizer(analyzer=Tokenizer(recipe={"stem": "no"})).fit(texts)
    assert len(called.vocabulary_) > 100
