"""What Spark counts, scores and marks is what one machine does, also where workers are killed."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

import spamlab as sl

pytest.importorskip("pyarrow", reason="LEFT OUT: pyarrow is not installed")
pytest.importorskip("pyspark", reason="LEFT OUT: pyspark is not installed")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("LEFT OUT: there is no Java", allow_module_level=True)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Two executors, each a process of its own."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "40")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def df(spark, texts, labels):
    rows = list(zip(range(len(texts)), texts, labels))
    return spark.createDataFrame(rows, "id int, text string, label string").repartition(5)


@pytest.fixture(scope="module")
def one_machine(texts, labels, tmp_path_factory):
    """The counts of one process, as lines."""
    from spamlab import _native

    counter = _native.Counter("{}", 1, None)
    mail = _native.Mail.of_columns("mail", ["text", "label"], [texts, labels], "{}", True)
    counter.add(mail)
    path = tmp_path_factory.mktemp("one") / "counts.tsv"
    path.write_bytes(counter.take())
    return path


def _added_up(lines):
    sums = {}
    for line in lines:
        token, *numbers, part, kind = line.split("\t")
        sum_ = sums.setdefault((token, part, kind), [0] * 4)
        for at, number in enumerate(numbers):
            sum_[at] += int(number)
    return sums


def _lines(counts):
    return ["\t".join(map(str, row)) for row in counts.collect()]


def _killed_while_counting(monkeypatch, marker):
    """Kills the worker that counts partition 1, once, when it has counted some of its messages."""
    labelled = sl.spark._labelled

    def killing(batch):
        from pyspark import TaskContext

        task = TaskContext.get()
        if task.partitionId() == 1 and task.attemptNumber() == 0:
            if os.path.exists(marker):
                os.kill(os.getpid(), signal.SIGKILL)
            with open(marker, "w") as file:
                file.write("it has counted a batch; the next one kills it")
        return labelled(batch)

    monkeypatch.setattr(sl.spark, "_labelled", killing)


def test_counts_and_models_are_those_of_one_machine(df, one_machine, program, tmp_path):
    counts = sl.spark.count(df)
    expected = _added_up(one_machine.read_text(encoding="utf-8").splitlines())
    assert _added_up(_lines(counts)) == expected
    assert len(_lines(counts)) == len(expected)
    model = sl.train_from_counts(counts, progress=False)
    assert model.dumps() == sl.train_from_counts(one_machine, progress=False).dumps()
    sl.spark.save_counts(counts, str(tmp_path / "counts"))
    command = [program, "train", "-q", "--counts", tmp_path / "counts", "-o", tmp_path / "m.spamlab"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "m.spamlab").read_bytes() == model.dumps()


def test_a_worker_that_is_killed_while_it_counts_changes_nothing(
    df, one_machine, tmp_path, monkeypatch
):
    marker = str(tmp_path / "killed")
    _killed_while_counting(monkeypatch, marker)
    counts = sl.spark.count(df, messages=df.count())
    model = sl.train_from_counts(counts, progress=False)
    assert os.path.exists(marker)
    assert model.dumps() == sl.train_from_counts(one_machine, progress=False).dumps()


def test_bytes_are_counted_as_text_is(df, one_machine):
    counts = sl.spark.count(df.selectExpr("encode(text, 'UTF-8') as text", "label"))

    def messages(lines):
        sums = _added_up(lines).items()
        return [sum(sum_[at] for (*_, kind), sum_ in sums if kind == "messages") for at in (0, 1)]

    # Bytes are a message with a head, str may be a text without one: the tokens differ.
    one = one_machine.read_text(encoding="utf-8").splitlines()
    assert messages(_lines(counts)) == messages(one)


def test_scores_are_those_of_one_machine(spark, df, texts, model):
    scored = sl.spark.score(df, model, keep=["id"]).orderBy("id").collect()
    assert len(scored) == len(texts)
    for name in model.models:
        of_one = model.predict_proba(texts, model=name)
        for row, (_, spam) in zip(scored, of_one):
            assert row[f"p_{name}"] == spam
    assert [row["verdict"] for row in scored] == list(model.predict(texts))
    whole = [f"Subject: {text}" for text in texts[:20]]
    rows = [(at, message.encode()) for at, message in enumerate(whole)]
    as_bytes = spark.createDataFrame(rows, "id int, text binary")
    scored = sl.spark.score(as_bytes, model, keep=["id"], models=["svm"]).orderBy("id").collect()
    of_one = model.predict_proba([message.encode() for message in whole], model="svm")
    assert [row["p_svm"] for row in scored] == [spam for _, spam in of_one]
    holes = spark.createDataFrame([(1, "lunch at noon"), (2, None), (3, "")], "id int, text string")
    scored = sl.spark.score(holes, model, keep=["id"]).orderBy("id").collect()
    assert [row["verdict"] is None for row in scored] == [False, True, True]
    for models in ("forest", []):
        with pytest.raises(ValueError, match="the file holds multinomial, byte-ngram, svm"):
            sl.spark.score(df, model, models=models)
    with pytest.raises(ValueError, match="cannot be kept"):
        sl.spark.score(df.withColumn("verdict", df["id"]), model, keep=["verdict"])


def test_each_of_several_models_scores_as_itself(df, texts, model):
    """A worker that lives on has opened the model before."""
    halves = ["ham" if at % 2 else "spam" for at in range(len(texts))]
    opposite = sl.train(sl.read(texts, halves), "svm", progress=False)
    for one in (model, opposite, model, opposite):
        scored = sl.spark.score(df, one, keep="id", models="svm").orderBy("id").collect()
        expected = [spam for _, spam in one.predict_proba(texts, model="svm")]
        assert [row["p_svm"] for row in scored] == expected


def test_duplicates_are_found_across_partitions(spark):
    long = (
        "Your parcel number 4711 waits at the depot in Springfield, please collect it there soon. "
        "The depot is open on weekdays from early morning until late in the afternoon, and on "
        "Saturdays while the market in the square is held. Whoever comes by bus gets off at the old "
        "mill, crosses the bridge over the river and follows the yellow signs along the canal. "
    )
    more = (
        "Bring this letter and a card with your name on it to the desk beside the gate by noon. "
        "Somebody else may come for you with a note in your hand, which says who you are and what "
        "you ask them to fetch. Parcels that nobody has asked for go back after two weeks."
    )
    rows = [
        (1, long + more),
        (2, (long + more).upper().replace("4711", "(99)")),
        (3, long + more.replace("noon", "midnight")),
        (4, "A wholly different message about lunch with the team in the park on Friday at one."),
    ]
    df = spark.createDataFrame(rows, "id int, text string").repartition(4)
    marked = sl.spark.fingerprint(df, keep=["id"])
    keys = {row["id"]: row["duplicate"] for row in marked.collect()}
    assert keys[1] == keys[2] and len(set(keys.values())) == 3
    assert marked.dropDuplicates(["duplicate"]).count() == 3
    pairs = sl.spark.near_duplicates(marked).collect()
    found = {(row["a"], row["b"]) for row in pairs}
    assert {(1, 2), (1, 3), (2, 3)} == found
    assert all(0.75 <= row["similarity"] <= 1 for row in pairs)


def test_mllib_trains_on_sparse_rows(spark, df, texts):
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import IDF, HashingTF

    rows = sl.spark.tokenize(df, keep=["id", "label"], features=1 << 14)
    first = {row["id"]: row for row in rows.collect()}
    assert first[0]["tokens"] == sl.tokenize(texts[0])
    # The columns are those that Spark's own hash of a token says.
    one = spark.createDataFrame([(first[0]["tokens"],)], ["tokens"])
    hashed = HashingTF(inputCol="tokens", outputCol="features", numFeatures=1 << 14)
    assert hashed.transform(one).first()["features"] == first[0]["features"]
    rows = rows.withColumnsRenamed({"features": "counts"})
    rows = rows.selectExpr("counts", "double(label = 'spam') as label")
    rows = IDF(inputCol="counts", outputCol="features").fit(rows).transform(rows)
    fitted = LogisticRegression(maxIter=5, regParam=0.01).fit(rows)
    predicted = fitted.transform(rows).selectExpr("avg(double(label = prediction)) as right")
    # All of it was training mail.
    assert predicted.first()["right"] > 0.9
    holes = spark.createDataFrame([(1, "lunch at noon"), (2, None), (3, "")], "id int, text string")
    rows = sl.spark.tokenize(holes, keep=["id"], features=64).orderBy("id").collect()
    assert [row["features"].numNonzeros() > 0 for row in rows] == [True, False, False]
    with pytest.raises(ValueError, match="cannot be kept"):
        sl.spark.tokenize(df.withColumn("features", df["id"]), keep=["features"], features=64)


def test_what_cannot_be_counted_is_told(spark, df):
    odd = spark.createDataFrame([("lunch", "ham"), ("prize", "yoghurt")], "text string, label string")
    with pytest.raises(Exception, match="means neither ham nor spam"):
        sl.spark.count(odd).collect()
    with pytest.raises(ValueError, match="not from counts"):
        sl.train_from_counts(sl.spark.count(df), models="svm", progress=False)
    one_class = df.filter("label = 'ham'")
    with pytest.raises(ValueError, match="there is no spam"):
        sl.train_from_counts(sl.spark.count(one_class), progress=False)


def test_the_three_lines_of_the_readme(df, tmp_path):
    """The block of README.md with Spark in it, typed as it stands there."""
    from conftest import ROOT

    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1:]
    blocks = [block.split("```")[0] for block in blocks]
    spark_blocks = [block for block in blocks if "sl.spark" in block]
    assert len(spark_blocks) == 1
    names = {"sl": sl, "df": df}
    exec(spark_blocks[0], names)
    assert json.loads(json.dumps(names["model"].models))
    assert names["scored"].count() == df.count()


def test_the_page_on_spark(df):
    """The blocks of docs/spark.md, typed in their order as they stand there."""
    from conftest import ROOT

    blocks = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8").split("```python\n")[1:]
    names = {"df": df}
    for block in blocks:
        exec(block.split("```")[0], names)
    assert names["scored"].count() == df.count()
    right = names["fitted"].transform(names["rows"]).selectExpr("avg(double(label = prediction))")
    assert right.first()[0] > 0.9
