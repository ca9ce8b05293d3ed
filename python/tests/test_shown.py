"""What is shown: pages in a notebook, the notebook of the examples, and what documents tell."""

import ast
import doctest
import importlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import spamlab as sl
from spamlab import _html, _native
from conftest import MAIL, ROOT

NOTEBOOK = ROOT / "examples" / "spamlab.ipynb"


def test_pages_have_no_script_and_no_style_sheet_and_escape_what_strangers_wrote(model):
    words = ["apple", "river", "stone", "cloud", "piano", "tiger"]
    pairs = [(f"<b onclick=x>&lt;prize {word}</b> <script>alert(1)</script>", f"lunch {word}") for word in words]
    texts = [text for pair in pairs for text in pair]
    hostile = sl.read(texts, ["spam", "ham"] * 6, name="<img src=x onerror=y>")
    experiment = sl.compare(hostile, "multinomial", folds=2, resamples=0)
    for page in (experiment._repr_html_(), model.explain(texts[0])._repr_html_()):
        assert not re.search(r"<script|<style|onclick|onerror|class=", page)
        # It is whole: no text of a stranger ended an element.
        ElementTree.fromstring(page)


def test_an_experiment_shows_its_finding_chart_and_metrics(experiment):
    page = experiment._repr_html_()
    assert experiment.headline in page and "data:image/svg+xml;base64," in page
    assert all(name in page for name in experiment.models)
    assert experiment.headline in repr(experiment)


def test_colours_are_those_of_the_report(experiment):
    for colour in (_html._SPAM, _html._HAM):
        assert f"color:{colour}" in experiment.chart("roc")


def test_charts_are_pictures(experiment, tmp_path):
    assert {"roc", "intervals"} <= experiment.charts.keys()
    for name in experiment.charts:
        chart = experiment.chart(name)
        assert ElementTree.fromstring(chart).tag.endswith("svg")
        # In a notebook it is an image: its style sheet would touch the page.
        page = chart._repr_html_()
        assert "data:image/svg+xml;base64," in page and "<style" not in page
        assert repr(chart).startswith("<spamlab.Chart: ") and len(repr(chart)) < 200
    chart.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == chart


def test_the_notebook_of_the_examples_runs_and_says_what_it_said(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    written = nbformat.read(NOTEBOOK, as_version=4)
    run = nbclient.NotebookClient(
        nbformat.read(NOTEBOOK, as_version=4),
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT / "examples")}},
    ).execute()

    def told(notebook):
        cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
        return [
            [output.get("data", {}).get("text/plain") for output in outputs
             if output.output_type != "stream"]
            for outputs in cells
        ]

    assert told(run) == told(written)
    assert any(
        "data:image/svg+xml" in output.get("data", {}).get("text/html", "") for cell in run.cells
        for output in cell.get("outputs", [])
    )


def python_of(document):
    """The Python of a document, block by block."""
    return re.findall(r"^```python\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("document", ["README.md", "python/README.md"])
def test_what_the_documents_show_runs(document, tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    pandas, _ = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    # What needs Spark is run by test_spark.
    blocks = [block for block in python_of(ROOT / document) if "sl.spark" not in block]
    assert blocks
    (tmp_path / "mail.csv").write_bytes(MAIL.read_bytes())
    pandas.read_csv(MAIL).to_parquet(tmp_path / "mail.parquet")
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks:
        exec(compile(block, document, "exec"), names)
    assert Path("report/report.html").exists()


def test_the_examples_of_the_functions_are_true():
    pytest.importorskip("sklearn")
    tried = 0
    for name in ("_compare", "_mail", "_model", "_tokens", "sklearn"):
        results = doctest.testmod(importlib.import_module(f"spamlab.{name}"))
        assert results.failed == 0
        tried += results.attempted
    assert tried >= 8


def test_the_stubs_of_the_compiled_module_name_all_that_it_has():
    stubs = ast.parse(Path(_native.__file__).with_name("_native.pyi").read_text(encoding="utf-8"))

    def named(body):
        kinds = (ast.FunctionDef, ast.ClassDef)
        names = {part.name for part in body if isinstance(part, kinds)}
        return names | {part.target.id for part in body if isinstance(part, ast.AnnAssign)}

    def has(thing):
        return {name for name in vars(thing) if not name.startswith("_")}

    assert named(stubs.body) == has(_native) | {"__version__"} and _native.__version__
    classes = [part for part in stubs.body if isinstance(part, ast.ClassDef)]
    assert len(classes) == 5
    for of in classes:
        assert named(of.body) - {"__init__"} == has(getattr(_native, of.name)), of.name


def test_everything_public_is_documented():
    for name in sl.__all__:
        if name != "__version__":
            documented = getattr(sl, name)
            assert documented.__doc__, name
            if isinstance(documented, type):
                for member, value in vars(documented).items():
                    if callable(value) and not member.startswith("_"):
                        assert value.__doc__ or getattr(documented, member).__doc__, member
