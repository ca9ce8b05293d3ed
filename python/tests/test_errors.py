"""Whatever is asked wrongly is one clear sentence."""

import pickle
from pathlib import Path

import pytest

import spamlab as sl

GOOD = ["lunch at noon", "claim your prize"] * 6
LABELS = ["ham", "spam"] * 6


def cases(tmp_path):
    table = {"text": GOOD, "count": range(12)}
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    train = {"data": sl.read(GOOD, LABELS), "progress": False}
    return [
        (lambda: sl.read(3), TypeError, "mail is a path, a list of messages"),
        (lambda: sl.read(b"abc"), TypeError, "write [message] for one"),
        (lambda: sl.read([1, 2]), TypeError, "message 0 is of the type int"),
        (lambda: sl.read(["a", None]), TypeError, "message 1 is of the type NoneType"),
        (lambda: sl.read(["a"], ["ham", "spam"]), ValueError, "1 messages and 2 values of `label`"),
        (lambda: sl.read("mail.csv", ["ham"]), ValueError, "stand in the files"),
        (lambda: sl.read("mail.csv", label="junk"), ValueError, "unknown variant `junk`"),
        (lambda: sl.train(sl.read([], [])), ValueError, "the list is empty"),
        (lambda: sl.train(GOOD), ValueError, "the messages have no labels"),
        (lambda: sl.train(sl.read(GOOD, ["ham"] * 12)), ValueError, "all 12 usable rows are ham"),
        (lambda: sl.train(sl.read(GOOD, ["a", "b"] * 6)), ValueError, "mean neither spam nor ham"),
        (lambda: sl.train(sl.read(GOOD, [None] * 12)), ValueError, "none of 12 emails has a label"),
        (lambda: sl.train(table), ValueError, "there is no label column among `text`, `count`"),
        (lambda: sl.train(tmp_path / "no.csv"), FileNotFoundError, "there is no such file"),
        (lambda: sl.train(empty), ValueError, "is empty"),
        (lambda: sl.train(**train, models="svn"), ValueError, 'there is no model "svn"'),
        (lambda: sl.train(**train, settings={"svm.d": 1}), ValueError, "svm has no setting `d`"),
        (lambda: sl.train(**train, settings={"svm.c": -1}), ValueError, "out of range"),
        (lambda: sl.train(**train, settings={"c": 1}), ValueError, "'model.setting'"),
        (lambda: sl.train(**train, sede=1), ValueError, "unknown field `sede`"),
        (lambda: sl.train(**train, seed="x"), ValueError, "invalid type"),
        (lambda: sl.train(**train, recipe=object()), ValueError, "no value of a specification"),
        (lambda: sl.train(**train, config="no.toml"), OSError, "no.toml cannot be read"),
        (lambda: sl.compare(**train, folds=1), ValueError, "1"),
        (lambda: sl.compare(**train, folds=50), ValueError, "50 folds need at least 50"),
        (lambda: sl.compare(**train, folds=2, split="a.csv"), ValueError, "exclude each other"),
        (lambda: sl.compare(**train, analyses={"x": True}), ValueError, 'no analysis "x"'),
        (lambda: sl.Model.load(tmp_path / "no"), FileNotFoundError, "there is no such file"),
        (lambda: sl.Model.load(empty), ValueError, "is not a spamlab model file"),
        (lambda: sl.Model.loads(b"abc"), ValueError, "is not a spamlab model file"),
        (lambda: sl.Experiment.load(tmp_path / "no"), FileNotFoundError, "does not exist"),
        (lambda: sl.Experiment.load(empty), ValueError, "is not a whole spamlab experiment"),
        (lambda: sl.tokenize(["a"], {"stem": "no", "x": 1}), ValueError, "unknown field `x`"),
        (lambda: sl.tokenize("a", {"stem": "latin"}), ValueError, "unknown variant `latin`"),
        (lambda: sl.tokenize("a", {"ngrams": 200}), ValueError, "200"),
        (lambda: sl.tokenize(5), TypeError, "mail is a path"),
    ]


def test_whatever_is_asked_wrongly_is_one_clear_sentence(tmp_path):
    for call, kind, sentence in cases(tmp_path):
        with pytest.raises(kind) as caught:
            call()
        said = str(caught.value)
        assert sentence in said, said
        assert "\n" not in said


def test_so_is_what_is_asked_of_a_model(model, tmp_path):
    for call, kind, sentence in [
        (lambda: model.predict([]), ValueError, "the list is empty"),
        (lambda: model.predict("claim"), TypeError, "write [message] for one"),
        (lambda: model.predict([3]), TypeError, "message 0 is of the type int"),
        (lambda: model.predict(["a"], model="svn"), ValueError, 'no model "svn"; it holds'),
        (lambda: model.explain("a", "svn"), ValueError, 'no model "svn"'),
        (lambda: model.sample("junk"), ValueError, 'there is no class "junk"'),
        (lambda: model.sample("ham", model="svm"), ValueError, "svm cannot generate mail"),
        (lambda: model.sample("ham", n=-1), ValueError, "n = -1 is out of range"),
        (lambda: model.sample("ham", length=1 << 40), ValueError, "is out of range"),
        (lambda: model.sample("ham", seed=-1), ValueError, "seed = -1 is out of range"),
        (lambda: model.explain("a", words=-1), ValueError, "words = -1 is out of range"),
        (lambda: model.sample("ham", temperature=0), ValueError, "temperature = 0 is out of range"),
        (lambda: model.bits_per_byte(["a"], "svm"), ValueError, "svm does not tell the code length"),
        (lambda: model.save(tmp_path / "no" / "m"), OSError, "no"),
    ]:
        with pytest.raises(kind) as caught:
            call()
        assert sentence in str(caught.value)


def test_a_model_without_text_and_a_damaged_one(model, experiment, tmp_path):
    damaged = bytearray(model.dumps())
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(sl.SpamlabError, match="is damaged"):
        damaged = sl.Model.loads(bytes(damaged))
        damaged.verdicts(["a"])
        damaged.explain("a", "byte-ngram")
        damaged.best  # noqa: B018
    with pytest.raises(ValueError, match="there is no chart"):
        experiment.chart("pie")
    with pytest.raises(ValueError, match="no data for the chart"):
        experiment.chart("gan_losses")
    (tmp_path / "mine.txt").write_text("not a report")
    with pytest.raises(OSError, match="is not a spamlab report"):
        experiment.save(tmp_path)
    assert Path(tmp_path / "mine.txt").exists()
    with pytest.raises(ValueError):
        pickle.loads(pickle.dumps(experiment).replace(b"schema", b"schemo"))
