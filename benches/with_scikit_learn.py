"""What a user of scikit-learn writes to filter mail: decode it, take subject, sender and text, tf-idf, one linear SVM, no tuning.

    python3 with_scikit_learn.py learn mail.csv model.pickle
    python3 with_scikit_learn.py score mail.csv model.pickle      (a line a mail: id, decision value)
    python3 with_scikit_learn.py score message.eml model.pickle

The CSV has the columns label (ham or spam), id and raw, as `spamlab fetch spamassassin` writes it. The other side of
`against_scikit_learn.py`, which measures both.
"""

import csv
import email
import email.header
import html
import pickle
import re
import sys

csv.field_size_limit(1 << 30)
INVISIBLE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def header(message, name):
    """A header with its encoded words read, or as it stands where they cannot be."""
    value = str(message.get(name, ""))
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return value


def body(part):
    """The text of one part, transfer encoding and charset undone."""
    data = part.get_payload(decode=True) or b""
    try:
        text = data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        text = data.decode("latin-1")
    if part.get_content_subtype() == "html":
        text = html.unescape(TAG.sub(" ", INVISIBLE.sub(" ", text)))
    return text


def read_mail(raw):
    message = email.message_from_string(raw)
    texts = [body(part) for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([header(message, "Subject"), header(message, "From"), *texts])


def read(path):
    """Identifiers, labels and texts of a CSV file, or of one message."""
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        if not path.endswith(".csv"):
            return [path], [None], [read_mail(file.read())]
        rows = list(csv.DictReader(file))
    return [row["id"] for row in rows], [row["label"] for row in rows], [read_mail(row["raw"]) for row in rows]


def learn(mail, model):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    _, labels, texts = read(mail)
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True), LinearSVC(C=1))
    pipeline.fit(texts, labels)
    with open(model, "wb") as file:
        pickle.dump(pipeline, file, pickle.HIGHEST_PROTOCOL)


def score(mail, model):
    with open(model, "rb") as file:
        pipeline = pickle.load(file)
    ids, _, texts = read(mail)
    for name, value in zip(ids, pipeline.decision_function(texts)):
        print(name, value)


if __name__ == "__main__":
    {"learn": learn, "score": score}[sys.argv[1]](*sys.argv[2:])
