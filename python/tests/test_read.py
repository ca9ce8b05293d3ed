"""Everything that mail can be, read alike."""

import mailbox
import os
import pickle
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

import spamlab as sl

TEXTS = ["lunch at noon", "claim your prize", "the minutes are attached"]
LABELS = ["ham", "spam", "ham"]


def test_lists_series_arrays_tables_and_generators_are_the_same_mail():
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS})
    expected = {"id": ["0", "1", "2"], "label": LABELS, "text": TEXTS}
    for source in [
        sl.read(TEXTS, LABELS),
        sl.read(tuple(TEXTS), np.array(LABELS)),
        sl.read((text for text in TEXTS), iter(LABELS)),
        sl.read(np.array(TEXTS), [0, 1, 0]),
        sl.read(np.array(TEXTS, dtype=object), np.array([False, True, False])),
        sl.read(frame["text"], frame["label"]),
        sl.read(frame),
        sl.read(frame.set_index(frame.index + 7)),
        sl.read(pl.from_pandas(frame)),
        sl.read(pl.from_pandas(frame).lazy()),
        sl.read(pl.Series(TEXTS), pl.Series(LABELS)),
        sl.read(pa.table({"text": TEXTS, "label": LABELS})),
        sl.read(pa.record_batch({"text": TEXTS, "label": LABELS})),
        sl.read(pa.array(TEXTS), pa.chunked_array([LABELS])),
        sl.read({"text": TEXTS, "label": LABELS}),
        sl.read({"text": TEXTS, "wanted": ["yes", "no", "yes"]}, LABELS),
        sl.read({"text": iter(TEXTS), "label": map(str, LABELS)}),
    ]:
        assert source.to_dict() == expected
        assert source.to_pandas().equals(pd.DataFrame(expected))
        assert len(source) == 3 and source.labels == LABELS


def test_columns_are_found_and_named_as_those_of_files_are():
    table = {"Subject": ["a", "b"], "body": TEXTS[:2], "from": ["x@y", ""], "is_spam": [0, 1]}
    read = sl.read(table | {"message_id": ["m", "n"]}).to_dict()
    assert read["id"] == ["m", "n"] and read["label"] == ["ham", "spam"]
    assert read["subject"] == ["a", "b"] and read["from"] == ["x@y", ""]
    other = {"what": TEXTS[:2], "verdict": ["bad", "fine"]}
    asked = {"text_column": "what", "label_column": "verdict", "spam_label": "bad"}
    assert sl.read(other, **asked).labels == ["spam", "ham"]
    assert sl.read(TEXTS, LABELS, ids="abc").ids == ["a", "b", "c"]


def test_what_is_missing_is_no_label():
    pd = pytest.importorskip("pandas")
    labels = ["ham", None, pd.NA, float("nan"), "", "spam"]
    found = sl.read({"text": ["t"] * 6, "label": labels}).labels
    assert found == ["ham", None, None, None, None, "spam"]


def test_whole_messages_come_as_bytes_as_messages_and_in_mailboxes(tmp_path):
    message = EmailMessage()
    message["Subject"], message["From"] = "Prize", "a@b.example"
    message.set_content("claim it")
    whole = message.as_bytes()
    assert sl.read([whole, message]).to_dict()["text"] == [whole, whole]
    assert sl.read([whole.decode(), "Subject only"]).to_dict()["text"] == [whole, "Subject only"]
    assert sl.tokenize(message) == sl.tokenize(whole) == sl.tokenize(whole.decode())
    for make in (mailbox.mbox, mailbox.Maildir):
        box = make(tmp_path / make.__name__)
        box.add(message)
        box.flush()
        assert sl.read(box).to_dict()["text"] == [whole]
    path = tmp_path / "prize.eml"
    path.write_bytes(whole)
    assert sl.read(path).to_dict()["text"] == [whole]
    assert sl.read([path, path]).to_dict()["text"] == [whole, whole]


def test_files_and_folders_are_read_as_the_program_reads_them(tmp_path):
    for label in ("ham", "spam"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.eml").write_text(f"Subject: {label}\n\nbody\n")
    assert sorted(sl.read(tmp_path).labels) == ["ham", "spam"]
    assert sorted(sl.read(str(tmp_path)).labels) == ["ham", "spam"]
    assert len(sl.read()) > 100


def test_any_text_is_a_message(model):
    odd = ["", " ", "123", "\ud800 lone", "a\0b", "ham", "x" * 100_000, "Ünï ✓ 中文"]
    verdicts = model.predict(odd)
    assert len(verdicts) == len(odd)
    # Each says the same alone as among others.
    assert [model.predict([text])[0] for text in odd] == verdicts
    together = model.predict_proba(odd).tolist()
    assert [model.predict_proba([text]).tolist()[0] for text in odd] == together


def test_what_is_read_is_described(tmp_path):
    assert repr(sl.read(["a"])) == "<spamlab.Mail: the list>"
    assert "mail.csv" in repr(sl.read(Path("mail.csv")))
    assert sl.read(sl.read(["a"])).ids == ["0"]


def batches_of(pa):
    table = pa.table({"text": TEXTS, "label": LABELS})
    return table, table.to_batches(max_chunksize=2)


def test_batches_are_the_table_that_they_are_cut_from(tmp_path):
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq
    from pyarrow import csv

    table, cut = batches_of(pa)
    pq.write_table(table, tmp_path / "mail.parquet", row_group_size=2)
    table.to_pandas().to_csv(tmp_path / "mail.csv", index=False)
    table.to_pandas().to_csv(tmp_path / "mail.csv.gz", index=False)
    expected = sl.read(table).to_dict()
    parquet = pq.ParquetFile(tmp_path / "mail.parquet")
    for source in [
        cut,
        iter(cut),
        (batch for batch in cut),
        [batch.to_pandas() for batch in cut],
        pd.read_csv(tmp_path / "mail.csv", chunksize=2),
        pd.read_csv(tmp_path / "mail.csv.gz", chunksize=2),
        csv.open_csv(tmp_path / "mail.csv.gz"),
        parquet,
        parquet.iter_batches(batch_size=1),
        ds.dataset(tmp_path / "mail.parquet"),
        pa.RecordBatchReader.from_batches(table.schema, iter(cut)),
    ]:
        assert sl.read(source).to_dict() == expected
    asked = sl.read(iter(cut), text_column="label", label_column="text", spam_label=TEXTS[1])
    assert asked.labels == LABELS


def test_batches_of_an_iterator_are_gone_through_once(tmp_path):
    pa = pytest.importorskip("pyarrow")
    table, cut = batches_of(pa)
    again = sl.read(cut, name="mail")
    once = sl.read(iter(cut), name="mail")
    saved = []
    for source in [once, again, again, sl.read(table, name="mail")]:
        sl.train(source, models=["multinomial", "svm"], progress=False).save(tmp_path / "m.spamlab")
        saved.append((tmp_path / "m.spamlab").read_bytes())
    assert saved[1:] == saved[:1] * 3
    with pytest.raises(ValueError, match="gone through before"):
        sl.train(once, progress=False)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(again)


def test_batches_that_break_off_say_why():
    pa = pytest.importorskip("pyarrow")
    table, cut = batches_of(pa)

    def broken():
        yield table
        raise ConnectionError("the server went away")

    said = "broke off: ConnectionError: the server went away"
    for work in (sl.train, sl.compare, lambda mail, progress: sl.read(mail).to_dict()):
        with pytest.raises(ValueError, match=said) as raised:
            work(broken(), progress=False)
        assert isinstance(raised.value.__cause__, ConnectionError)
    other = [table, table.rename_columns(["text", "verdict"])]
    with pytest.raises(ValueError, match="the columns text, label, a later one has text, verdict"):
        sl.train(other, progress=False)
    with pytest.raises(ValueError, match="a batch is a table, not int"):
        sl.train([table, 7], progress=False)
    with pytest.raises(ValueError, match="stand in their columns"):
        sl.read(cut, LABELS)


def test_batches_may_ask_spamlab_themselves(model):
    pa = pytest.importorskip("pyarrow")
    table, cut = batches_of(pa)

    def asking():
        for batch in cut:
            assert len(model.predict(batch.column("text").to_pylist())) == batch.num_rows
            yield batch

    assert sl.read(asking()).to_dict() == sl.read(table).to_dict()


def test_empty_batches_are_passed_over_but_not_for_ever():
    pa = pytest.importorskip("pyarrow")
    table, _ = batches_of(pa)
    empty = table.slice(0, 0)
    assert sl.read([empty, table, empty]).to_dict() == sl.read(table).to_dict()
    with pytest.raises(ValueError, match="batches in a row are empty"):
        sl.read(empty for _ in iter(int, 1)).to_dict()


def test_a_folder_that_cannot_keep_mail_larger_than_memory_is_told(tmp_path):
    """In a process of its own, which has no folder for temporary files."""
    program = """
import spamlab as sl

texts = {"ham": "the lunch at noon. " * 50_000, "spam": "claim the prize. " * 50_000}

class Table:
    def iter_batches(self):
        for _ in range(140):
            yield {"text": list(texts.values()), "label": list(texts)}

try:
    sl.train(Table(), models="svm", progress=False)
except sl.SpamlabError as error:
    print(error)
"""
    nowhere = str(tmp_path / "absent")
    environment = {**os.environ, "TMPDIR": nowhere}
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert run.returncode == 0, run.stderr
    told = f"mail that memory does not hold is kept in {nowhere} while a model learns from it"
    assert told in run.stdout, run.stdout


def test_mail_larger_than_memory_passes_by():
    """In a process of its own, whose memory is measured."""
    pytest.importorskip("resource")
    program = """
import resource, random, sys
import spamlab as sl

draw = random.Random(1)
words = ["".join(draw.choices("bcdfgklmnprstvz", k=6)) for _ in range(20000)]

def batches():
    for _ in range(120):
        labels = [draw.choice(["ham", "spam"]) for _ in range(500)]
        texts = []
        for label in labels:
            half = words[:11000] if label == "ham" else words[9000:]
            texts.append(" ".join(draw.choices(half, k=60) * 10))
        yield {"text": texts, "label": labels}

class Table:
    def iter_batches(self):
        return batches()

model = sl.train(Table(), models=["multinomial", "logistic"], progress=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, len(model.models))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    memory, models = map(int, run.stdout.split())
    # 250 MB of mail, of which 48 MB are held at a time, and 192 MB at first.
    assert models == 2 and memory < 600, run.stdout
