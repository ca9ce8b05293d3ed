//! The loader of exported models that stands in the documents, run by Python with numpy.

use crate::folder::Folder;
use crate::{number, python};
use std::process::Command;

/// The loader as it stands in the documents.
fn loader() -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/export.md");
    let text = std::fs::read_to_string(page).unwrap();
    let code = text
        .split("```python\n")
        .nth(1)
        .and_then(|code| code.split("```").next());
    code.unwrap().to_owned()
}

/// What the loader must do, of tokens and of text: score, calibrate and decide as `classify` does,
/// survive pickling, and refuse what it cannot tokenize. It prints the verdicts that it saw, and
/// how many of them are not those of the likelier class.
const CHECK: &str = r#"
import json, pickle, subprocess, sys
from loader import SpamlabModel
program, *models = sys.argv[1:]
lines = lambda *more: [json.loads(line) for line in
    subprocess.run([program, *more], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
of_mail = lines("tokens", "-q", "-m", "mail.spamlab", "--jsonl", "mail.csv")
tokens = [one["tokens"] for one in of_mail]
texts = ["claim your prize, winner: a cash offer", "notes of the project meeting, and lunch"]
with open("texts.jsonl", "w") as file:
    for at, text in enumerate(texts):
        print(json.dumps({"id": str(at), "text": text}), file=file)
classified = lambda mail: lines("classify", "-q", "-m", "mail.spamlab", "--jsonl", mail)
of_mail, of_texts = classified("mail.csv"), classified("texts.jsonl")
seen, unlikely = set(), 0
for name in models:
    wanted = lambda all: [next(v for v in one["verdicts"] if v["model"] == name) for one in all]
    model = pickle.loads(pickle.dumps(SpamlabModel(name + ".json")))
    score, probability = model.decision_function(tokens), model.predict_proba(tokens)[:, 1]
    said = list(model.predict(tokens))
    for at, one in enumerate(wanted(of_mail)):
        assert abs(score[at] - one["score"]) < 1e-9, (name, at, score[at], one["score"])
        assert abs(probability[at] - one["probability"]) < 1e-9, (name, at, probability[at], one)
        assert said[at] == one["predicted"], (name, at, said[at], one)
        unlikely += said[at] != ("spam" if probability[at] >= 0.5 else "ham")
    seen |= set(said)
    for refused in ["one text", ["Claim your prize"], [b"bytes"], [["claim"], "a text"]]:
        try:
            model.predict(refused)
        except TypeError:
            continue
        raise AssertionError(f"{refused!r} was not refused")
    said = SpamlabModel(name + ".json", "mail.spamlab", program).predict(texts)
    expected = [one["predicted"] for one in wanted(of_texts)]
    assert list(said) == expected, (name, said, expected)
print(len(tokens), *sorted(seen), unlikely > 0)
"#;

/// An exported ONNX model, run on the tokens of all messages at once, says what `classify` says.
const CHECK_ONNX: &str = r#"
import json, subprocess, sys
import numpy as np
import onnxruntime
program, *models = sys.argv[1:]
lines = lambda *more: [json.loads(line) for line in
    subprocess.run([program, *more], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
of_file = ["-q", "-m", "mail.spamlab", "--jsonl", "mail.csv"]
tokens = [one["tokens"] for one in lines("tokens", *of_file)]
of_mail = lines("classify", *of_file)
most = max(map(len, tokens))
rows = np.array([row + [""] * (most - len(row)) for row in tokens], dtype=object)
seen = set()
for name in models:
    session = onnxruntime.InferenceSession(name + ".onnx", providers=["CPUExecutionProvider"])
    named = [output.name for output in session.get_outputs()]
    found = dict(zip(named, session.run(None, {"tokens": rows})))
    for at, one in enumerate(of_mail):
        expected = next(verdict for verdict in one["verdicts"] if verdict["model"] == name)
        for what in ["score", "log_odds", "probability"]:
            said = found[what][at, 0]
            assert abs(said - expected[what]) < 1e-9, (name, at, what, said, expected[what])
        assert found["verdict"][at, 0] == expected["predicted"], (name, at, expected)
    seen |= set(found["verdict"][:, 0])
print(len(tokens), *sorted(seen))
"#;

const LINEAR: [&str; 6] = [
    "multinomial",
    "bernoulli",
    "complement",
    "logistic",
    "svm",
    "nb-svm",
];

/// Runs a script of Python with the program and the names of models; what it prints.
fn run_python(folder: &Folder, script: &str, models: &[&str]) -> String {
    folder.write("check.py", script);
    let mut check = Command::new(python());
    check
        .arg("check.py")
        .arg(assert_cmd::cargo::cargo_bin("spamlab"))
        .args(models);
    let run = check.current_dir(folder.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{said}");
    String::from_utf8_lossy(&run.stdout).into_owned()
}

#[test]
#[ignore = "needs Python with onnxruntime: see .ci/run"]
fn an_onnx_model_agrees_with_classify() {
    for (options, seen) in [
        ("--calibration platt", "ham spam"),
        (
            "--calibration isotonic --cost-fp 9 --cost-unsure 0.3",
            "ham spam unsure",
        ),
        ("--calibration none", "ham spam"),
    ] {
        let folder = Folder::with_builtin_mail(300);
        let models = LINEAR.join(",");
        folder.run(&format!(
            "train mail.csv -q -o mail.spamlab --model {models} {options}"
        ));
        for model in LINEAR {
            let export = format!("export -m mail.spamlab --model {model} --onnx -o {model}.onnx");
            folder.run(&export);
        }
        let printed = run_python(&folder, CHECK_ONNX, &LINEAR);
        assert_eq!(printed, format!("300 {seen}\n"), "{options}");
    }
}

#[test]
#[ignore = "needs Python with numpy: see .ci/run"]
fn the_loader_in_the_documents_agrees_with_classify_and_refuses_what_it_cannot_tokenize() {
    for (options, seen) in [
        ("--calibration platt", "ham spam False"),
        (
            "--calibration isotonic --cost-fp 9 --cost-unsure 0.3",
            "ham spam unsure True",
        ),
        ("--calibration platt --max-fpr 2%", "ham spam True"),
    ] {
        let folder = Folder::with_builtin_mail(300);
        let train = "train mail.csv -q -o mail.spamlab --model";
        folder.run(&format!("{train} {} {options}", LINEAR.join(",")));
        for model in LINEAR {
            let export = format!("export -m mail.spamlab --model {model} -o {model}.json");
            folder.run(&export);
        }
        folder.write("loader.py", loader());
        let printed = run_python(&folder, CHECK, &LINEAR);
        assert_eq!(printed, format!("300 {seen}\n"), "{options}");
    }
}

/// What an export holds of the decision is what the model file holds.
#[test]
fn an_export_carries_the_decision_of_its_model() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q -o mail.spamlab --model svm --cost-fp 9 --cost-unsure 0.3");
    let exported = folder.run_json("export -m mail.spamlab --model svm");
    let card = folder.run_json("inspect mail.spamlab --json");
    assert_eq!(exported["decision"], card["card"]["models"][0]["decision"]);
    // By hand: spam from odds of 9 to 1, unsure from p = .3 to 1 - .3 / 9.
    let threshold = number(&exported["decision"]["threshold"]);
    assert!((threshold - 9.0_f64.ln()).abs() < 1e-12, "{threshold}");
    let high = number(&exported["decision"]["unsure_band"][1]);
    assert!((high - 29.0_f64.ln()).abs() < 1e-12, "{high}");
}
