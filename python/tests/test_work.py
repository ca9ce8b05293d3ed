"""Long work: Python goes on, sees how far it is, and ends it."""

import io
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import spamlab as sl


# Minutes, if nobody ends it.
def long_work(_):
    sl.compare(resamples=100_000, folds=50, progress=False)


def long_sample(model):
    model.sample("spam", n=1_000_000, model="byte-ngram", length=2_000)


def alarm(*_):
    raise KeyboardInterrupt


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system sends no such signal")
def test_an_interruption_ends_the_work_and_nothing_is_broken_by_it(experiment, model):
    before = signal.signal(signal.SIGALRM, alarm)
    try:
        for seconds, work in [(0.2, long_work), (1.0, long_work), (0.5, long_sample)]:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            with pytest.raises(KeyboardInterrupt):
                work(model)
    finally:
        signal.signal(signal.SIGALRM, before)
    again = sl.compare(models=["multinomial", "svm"], folds=3, resamples=100, progress=False)
    assert again.to_dict() == experiment.to_dict()


def test_other_threads_of_python_go_on(texts, labels):
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        before = counted[0]
        sl.compare(sl.read(texts, labels), ["multinomial", "svm"], folds=5, progress=False)
        assert counted[0] > before + 10
    finally:
        done.set()
        thread.join()


def test_several_threads_of_python_ask_at_once(model, texts):
    expected = model.predict(texts)
    found = [None] * 4

    def ask(at):
        found[at] = sl.Model.loads(model.dumps()).predict(texts)

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_progress_stands_on_stderr_if_wished(monkeypatch):
    for wished, shown in [(True, True), (False, False), (None, False)]:
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        sl.train(models="multinomial", progress=wished)
        assert ("ham" in sys.stderr.getvalue()) == shown
    monkeypatch.setattr(sys, "stderr", None)
    sl.train(models="multinomial", progress=True)


def test_progress_is_shown_in_a_notebook_unless_it_is_not_wished():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    cells = [
        "import spamlab as sl",
        "sl.train(models='multinomial') and None",
        "sl.train(models='multinomial', progress=False) and None",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = ["".join(output.text for output in cell.outputs) for cell in notebook.cells]
    assert "ham" in shown[1] and shown[0] == shown[2] == ""


WITHOUT = """
import sys
for name in ("numpy", "pandas", "polars", "pyarrow", "sklearn", "scipy"):
    sys.modules[name] = None
import spamlab as sl
model = sl.train(models=["multinomial", "byte-ngram"])
assert model.predict(["claim your prize"]) == ["spam"]
probability = model.predict_proba(["claim your prize", "lunch"])
assert probability.keys() == {"ham", "spam"} and len(probability["spam"]) == 2
assert isinstance(model.bits_per_byte(["lunch"]), list)
assert model.verdicts(["lunch"])["model"] == ["multinomial", "byte-ngram"]
experiment = sl.compare(models="multinomial", folds=2, resamples=0)
assert experiment.table["model"] == ["multinomial", "majority"]
assert isinstance(experiment.table["accuracy"][0], float)
assert set(experiment.predictions["predicted"]) == {"ham", "spam"}
assert "multinomial" in sl.models()["model"]
assert experiment._repr_html_()
try:
    sl.sklearn
except ImportError as error:
    assert "numpy" in str(error) or "sklearn" in str(error)
"""


def test_nothing_else_is_needed():
    subprocess.run([sys.executable, "-c", WITHOUT], check=True, cwd=os.path.dirname(__file__))
