"""Models: verdicts, reasons, samples and code lengths, and the bytes that they are."""

import copy
import multiprocessing
import pickle

import pytest

import spamlab as sl

np = pytest.importorskip("numpy")


def test_a_model_is_its_bytes(model, texts, tmp_path):
    path = tmp_path / "m.spamlab"
    model.save(path)
    assert path.read_bytes() == model.dumps()
    expected = model.predict_proba(texts)
    for other in [
        sl.Model.load(path),
        sl.Model.loads(model.dumps()),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
    ]:
        assert np.array_equal(other.predict_proba(texts), expected)
        assert other.models == model.models and other.best == model.best


def test_probabilities_log_odds_and_verdicts_agree(model, texts):
    for name in model.models:
        probability = model.predict_proba(texts, name)
        assert probability.shape == (len(texts), 2)
        assert np.allclose(probability.sum(axis=1), 1.0)
        odds = model.decision_function(texts, model=name)
        assert np.allclose(probability[:, 1], 1.0 / (1.0 + np.exp(-odds)))
        spam = np.array(model.predict(texts, name)) == "spam"
        assert np.array_equal(spam, odds >= 0.0)


def test_the_best_model_is_that_with_the_least_loss_on_held_out_mail(model):
    losses = model._native.held_out_losses()
    assert set(losses) == set(model.models)
    assert losses[model.best] == min(losses.values())


def test_contributions_add_up_to_the_score(model):
    for name in ("multinomial", "svm"):
        told = model.explain("Claim your free prize now, click here!", name, words=3)
        assert told.exact and len(told.tokens) == len(told.contributions) == 3
        total = sum(told.contributions) + told.rest + told.intercept
        assert total == pytest.approx(told.score)
        [odds] = model.decision_function(["Claim your free prize now, click here!"], name)
        assert told.log_odds == odds
        assert told.predicted in str(told) and told.tokens[0] in told._repr_html_()


def test_samples_begin_with_the_prompt_and_repeat_with_the_seed(model):
    first = model.sample("spam", prompt="Dear", n=3, length=80, seed=7)
    assert len(first) == 3 and all(text.startswith("Dear") for text in first)
    assert model.sample("spam", prompt=b"Dear", n=3, length=80, seed=7) == first
    assert model.sample("spam", prompt="Dear", n=3, length=80, seed=8) != first
    assert model.sample("ham", model="multinomial", length=5)[0]
    # They are sampled in parts, each message by a stream of its own.
    many = model.sample("spam", prompt="Dear", n=70, length=80, seed=7)
    assert len(many) == 70 and many[:3] == first


def test_one_model_may_be_named_alone(model):
    said = model.verdicts(["lunch at noon"], "svm")
    assert list(said["model"]) == ["svm"]


def test_known_text_costs_fewer_bits_than_noise(model, texts):
    bits = model.bits_per_byte([texts[0], "xq zjv kqpw", ""])
    assert bits[0] < bits[1] and np.isfinite(bits[2])


def test_the_card_says_what_was_trained(model):
    assert model.models == [one["name"] for one in model.card["models"]]
    assert model.recipe["stem"] == "auto"
    assert "svm" in repr(model)
    assert set(model.models) <= set(sl.models()["model"])


def score(model):
    return model.predict_proba(["claim your prize"]).tolist()


def test_a_process_that_was_forked_works_as_well(model):
    expected = score(model)
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply_async(score, (model,)).get(60) == expected
