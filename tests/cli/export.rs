//! The loader of exported models that stands in the documents, run by Python where there is Python
//! with numpy.

use crate::folder::Folder;
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

/// What the loader must do: score and calibrate as `classify` does, of tokens and of text, survive
/// pickling, and refuse what it cannot tokenize.
const CHECK: &str = r#"
import pickle, sys
from loader import SpamlabModel
program, *models = sys.argv[1:]
lines = lambda *more: [json.loads(line) for line in
    subprocess.run([program, *more], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
import json, subprocess
read = lines("tokens", "-q", "-m", "mail.spamlab", "--jsonl", "mail.csv")
tokens = [one["tokens"] for one in read]
wanted = lines("classify", "-q", "-m", "mail.spamlab", "--jsonl", "mail.csv")
for name in models:
    model = pickle.loads(pickle.dumps(SpamlabModel(name + ".json")))
    of_model = [next(v for v in one["verdicts"] if v["model"] == name) for one in wanted]
    score, probability = model.decision_function(tokens), model.predict_proba(tokens)[:, 1]
    for at, one in enumerate(of_model):
        assert abs(score[at] - one["score"]) < 1e-9, (name, at, score[at], one["score"])
        assert abs(probability[at] - one["probability"]) < 1e-9, (name, at, probability[at], one)
    for refused in ["one text", ["Claim your prize"], [b"bytes"], [["claim"], "a text"]]:
        try:
            model.predict(refused)
        except TypeError:
            continue
        raise AssertionError(f"{refused!r} was not refused")
    reads = SpamlabModel(name + ".json", "mail.spamlab", program)
    texts = ["claim your prize, winner: a cash offer", "notes of the project meeting, and lunch"]
    said = reads.predict(texts)
    assert list(said) == ["spam", "ham"], (name, said)
print(f"{len(tokens)} messages, {len(models)} models")
"#;

#[test]
fn the_loader_in_the_documents_agrees_with_classify_and_refuses_what_it_cannot_tokenize() {
    let python = |code: &str| Command::new("python3").args(["-c", code]).output();
    if !python("import numpy").is_ok_and(|run| run.status.success()) {
        eprintln!("there is no python3 with numpy: the loader was not run");
        return;
    }
    let folder = Folder::with_mail();
    let models = [
        "multinomial",
        "bernoulli",
        "complement",
        "logistic",
        "svm",
        "nb-svm",
    ];
    for calibration in ["platt", "isotonic"] {
        let train = format!(
            "train mail.csv -q -o mail.spamlab --model {}",
            models.join(",")
        );
        folder.run(&format!("{train} --calibration {calibration}"));
        for model in models {
            folder.run(&format!(
                "export -m mail.spamlab --model {model} -o {model}.json"
            ));
        }
        folder.write("loader.py", loader());
        folder.write("check.py", CHECK);
        let mut check = Command::new("python3");
        check
            .arg("check.py")
            .arg(assert_cmd::cargo::cargo_bin("spamlab"))
            .args(models);
        let run = check.current_dir(folder.path("")).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{calibration}: {said}");
        assert_eq!(
            String::from_utf8_lossy(&run.stdout),
            "60 messages, 6 models\n"
        );
    }
}
