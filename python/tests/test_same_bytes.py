"""The same mail and seed give the bytes of the command line."""

import shutil
import subprocess
from pathlib import Path

import pytest

import spamlab as sl
from conftest import MAIL


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with mail.csv, which both call by this name."""
    shutil.copy(MAIL, tmp_path / "mail.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(program, *arguments):
    subprocess.run([program, *arguments, "-q"], check=True, capture_output=True)


def files(folder):
    paths = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_report_is_that_of_the_command(program, here):
    asked = ["--model", "multinomial,svm", "--seed", "1", "--folds", "3", "--set", "svm.c=1,10"]
    run(program, "compare", "mail.csv", *asked, "--no-times", "-o", "by-command")
    experiment = sl.compare(
        "mail.csv", models=["multinomial", "svm"], seed=1, folds=3, settings={"svm.c": [1, 10]}
    )
    experiment.save("by-python")
    expected, found = files("by-command"), files("by-python")
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []
    assert {"experiment.json", "report.html", "charts/roc.svg"} <= expected.keys()
    assert experiment.chart("roc") == expected["charts/roc.svg"].decode()


def test_a_plain_report_is_that_of_the_command(program, here):
    run(program, "compare", "mail.csv", "--no-times", "-o", "by-command")
    sl.compare("mail.csv").save("by-python")
    assert files("by-python") == files("by-command")


def test_predictions_and_pairs_are_those_of_the_command(program, here):
    pandas = pytest.importorskip("pandas")
    written = ["--predictions", "predictions.csv", "--exact-csv", "-o", "report"]
    run(program, "compare", "mail.csv", "--model", "multinomial,svm", "--folds", "3", *written)
    experiment = sl.compare("mail.csv", ["multinomial", "svm"], folds=3)
    found = pandas.read_csv("predictions.csv", dtype={"id": str}, float_precision="round_trip")
    pandas.testing.assert_frame_equal(experiment.predictions, found)
    assert list(experiment.pairs["a"]) == ["multinomial"]
    right = (found["label"] == found["predicted"]).groupby([found["model"], found["fold"]]).mean()
    accuracy = experiment.table.set_index("model")["accuracy"]
    for name, mean in right.groupby("model").mean().items():
        assert accuracy[name] == pytest.approx(mean)


def test_without_names_the_default_models_are_trained_and_one_that_writes(program, here):
    run(program, "train", "mail.csv", "--also", "byte-ngram", "-o", "also.spamlab")
    m = sl.train(sl.read("mail.csv"), progress=False)
    assert m.dumps() == Path("also.spamlab").read_bytes()
    assert {"multinomial", "svm", "byte-ngram"} < set(m.models)
    assert all(text.startswith("Dear") for text in m.sample("spam", prompt="Dear", n=3))
    assert all(0 < bits < 9 for bits in m.bits_per_byte(["Win a prize now!", "Lunch at noon?"]))
    alone = sl.train("mail.csv", also=[], progress=False)
    assert "byte-ngram" not in alone.models


def test_a_model_file_is_that_of_the_command_and_so_are_its_verdicts(program, here):
    pandas = pytest.importorskip("pandas")
    run(program, "train", "mail.csv", "--model", "multinomial,svm", "--seed", "3", "-o", "m.spamlab")
    model = sl.train("mail.csv", ["multinomial", "svm"], seed=3)
    assert model.dumps() == Path("m.spamlab").read_bytes()
    arguments = ["classify", "-m", "m.spamlab", "mail.csv", "--csv", "--exact-csv", "-q"]
    told = subprocess.run([program, *arguments], check=True, capture_output=True).stdout
    Path("verdicts.csv").write_bytes(told)
    expected = pandas.read_csv("verdicts.csv", dtype={"id": str}, float_precision="round_trip")
    found = model.verdicts(Path("mail.csv"))
    columns = list(found.columns)
    expected = expected[columns].sort_values(["model", "id"], ignore_index=True)
    pandas.testing.assert_frame_equal(
        found.sort_values(["model", "id"], ignore_index=True), expected
    )


def test_a_table_in_memory_gives_the_numbers_of_its_file(here):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv("mail.csv", dtype=str, keep_default_na=False)
    asked = {"models": ["multinomial", "svm"], "folds": 3}
    file, held = sl.compare("mail.csv", **asked), sl.compare(table, **asked)
    pandas.testing.assert_frame_equal(held.table, file.table)
    data = [experiment.to_dict()["data"] for experiment in (file, held)]
    assert data[0]["kept"] == data[1]["kept"]
    # The sum is that of the CSV file that pandas writes of the same table.
    table.to_csv("again.csv", index=False)
    again = sl.compare("again.csv", **asked).to_dict()["data"]
    assert data[1]["sha256"] == again["sha256"]
    # No command reads it again.
    held.save("report")
    assert "spamlab compare" not in Path("report/report.md").read_text()
    sl.Experiment.load("report").save("again")
    assert Path("again/report.md").read_text() == Path("report/report.md").read_text()
