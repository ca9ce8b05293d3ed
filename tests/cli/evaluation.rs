//! Models of a file on other labelled mail: in the terminal, and as a report with how that mail
//! differs from the training mail.

use crate::folder::Folder;
use crate::{list, number};
use serde_json::Value;

const EVALUATE: &str = "evaluate mail.csv -q -m mail.spamlab --resamples 50";

fn train(folder: &Folder, models: &str) {
    folder.run(&format!(
        "train mail.csv -q -o mail.spamlab --model {models}"
    ));
}

#[test]
fn evaluating_writes_the_report_with_how_the_mail_drifted() {
    let folder = Folder::with_builtin_mail(200);
    train(&folder, "multinomial");
    let evaluate = "evaluate mail.csv -q -m mail.spamlab --resamples 50";
    let drift = |options: &str| {
        folder.run(&format!("{evaluate} {options}"));
        let saved: Value = serde_json::from_str(&folder.text("found/experiment.json")).unwrap();
        assert!(folder.text("found/report.html").contains("id=\"drift\""));
        saved["analyses"]["drift"].clone()
    };
    // The training mail itself has not drifted.
    let none = drift("-o found");
    assert_eq!(none["unknown_tokens"], 0.0);
    assert!(number(&none["token_divergence_bits"]) < 1e-9, "{none}");
    assert_eq!(number(&none["emails"]), 200.0);
    // Words of which it held none have.
    folder.write(
        "mail.csv",
        "label,text\nham,qwxyz vbnmq zzyxw pqlmn\nspam,qwxyz rrtty zzyxw wwqqk\n",
    );
    let all = drift("-o found");
    assert!(number(&all["unknown_tokens"]) > 0.3, "{all}");
    assert!(number(&all["token_divergence_bits"]) > 0.3, "{all}");
    folder.run("report found -o again");
    assert_eq!(
        folder.text("again/tables/drift.csv"),
        folder.text("found/tables/drift.csv")
    );
}

/// Models of tokens, of words in order and of bytes: what a report needs beside is left out without
/// one, but nothing that a model reads.
#[test]
fn verdicts_are_the_same_whether_a_report_is_written_or_not() {
    let folder = Folder::with_builtin_mail(200);
    train(&folder, "multinomial,word-ngram,byte-ngram,ppm,logistic");
    let predictions = |options: &str| {
        folder.run(&format!("{EVALUATE} --predictions verdicts.csv {options}"));
        folder.text("verdicts.csv")
    };
    let without = predictions("");
    assert_eq!(without.lines().count(), 1 + 5 * 200);
    assert!(without == predictions("-o found"));
    // And they are those of the messages one by one, where no label is known.
    let classified = folder.run("classify mail.csv -q -m mail.spamlab --csv");
    let verdicts = |table: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let header = reader.headers().unwrap().clone();
        let at = |name| header.iter().position(|one| one == name).unwrap();
        let wanted = ["id", "model", "log_odds"].map(at);
        let rows = reader.records().map(Result::unwrap);
        let mut rows: Vec<String> = rows
            .map(|row| wanted.map(|at| &row[at]).join(","))
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(verdicts(&classified), verdicts(&without));
}

/// Near-duplicates are counted by hand here: 200 messages of which all were trained on, then twenty
/// of these among as many others.
#[test]
fn messages_that_the_training_mail_held_are_counted_named_and_left_out() {
    let folder = Folder::with_builtin_mail(400);
    let all = folder.text("mail.csv");
    let mut reader = csv::Reader::from_reader(all.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let write = |name: &str, rows: &[&csv::StringRecord]| {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(&header).unwrap();
        for row in rows {
            out.write_record(*row).unwrap();
        }
        folder.write(name, out.into_inner().unwrap());
    };
    write("mail.csv", &rows[..200].iter().collect::<Vec<_>>());
    train(&folder, "multinomial,logistic");
    let drift = |name: &str| {
        folder.run(&format!(
            "evaluate {name} -q -m mail.spamlab --resamples 0 -o found"
        ));
        folder.json("found/experiment.json")["analyses"]["drift"].clone()
    };
    let shared = |drift: &Value| {
        number(&drift["shared"]["duplicates"]) + number(&drift["shared"]["near_duplicates"])
    };
    let own = drift("mail.csv");
    assert_eq!(
        number(&own["shared"]["duplicates"]),
        200.0,
        "{}",
        own["shared"]
    );
    // Nothing is left without them.
    assert!(own["models"][0]["without_shared"].is_null());
    write("others.csv", &rows[200..].iter().collect::<Vec<_>>());
    let others = shared(&drift("others.csv"));
    assert!(others < 20.0, "{others}");
    write("mixed.csv", &rows[180..].iter().collect::<Vec<_>>());
    let mixed = drift("mixed.csv");
    assert_eq!(shared(&mixed), others + 20.0);
    assert_eq!(number(&mixed["shared"]["rows"][0]), 0.0);
    let without = &mixed["models"][0]["without_shared"]["accuracy"];
    let with = &mixed["models"][0]["prior"]["metrics"]["accuracy"];
    assert!(number(without) < 1.0 && number(without) != number(with));
    let said = folder.run("evaluate mixed.csv -q -m mail.spamlab --resamples 0");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("near-duplicates of training mail, for instance"),
        "{said}"
    );
}

#[test]
fn the_terminal_shows_intervals_within_eighty_columns() {
    let folder = Folder::with_builtin_mail(200);
    train(&folder, "multinomial,word-ngram,logistic,nb-svm");
    let shown = folder.run(EVALUATE);
    assert!(shown.contains("error % (95 % CI)"), "{shown}");
    let widest = shown.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{shown}");
    let found = folder.run_json(&format!("{EVALUATE} --json"));
    for model in list(&found) {
        let accuracy = number(&model["metrics"]["accuracy"]);
        let estimate = &model["estimates"]["accuracy"];
        assert_eq!(number(&estimate["value"]), accuracy);
        let [low, high] = [0, 1].map(|end| number(&estimate["interval"][end]));
        assert!(low <= accuracy && accuracy <= high && low < high);
    }
}

/// Tokens and weights are those of the file, and so is what each model made of each message. Less
/// is computed without a report, and the terminal shows the same.
#[test]
fn the_report_shows_the_messages_and_tokens_that_the_models_of_a_file_can_tell() {
    let folder = Folder::with_builtin_mail(400);
    train(&folder, "multinomial,logistic");
    let shown = folder.run(&format!("{EVALUATE} -o found"));
    assert_eq!(folder.run(EVALUATE), shown);
    let found = folder.json("found/experiment.json");
    assert_eq!(found["data"]["sha256"].as_str().unwrap().len(), 64);
    let analyses = &found["analyses"];
    for name in [
        "contrast",
        "likelihood_plane",
        "top_tokens",
        "messages",
        "worked_example",
    ] {
        assert!(!analyses[name].is_null(), "{name}");
    }
    let page = folder.text("found/report.html");
    for section in ["why", "decide", "tokens", "messages", "drift"] {
        assert!(page.contains(&format!("id=\"{section}\"")), "{section}");
    }
    assert!(!page.contains("id=\"when\""));
    // The file's own weights, by another command.
    for top in list(&analyses["top_tokens"]) {
        let model = top["model"].as_str().unwrap();
        let exported = folder.run_json(&format!("export -m mail.spamlab --model {model}"));
        let told = list(&top["ham"]).iter().chain(list(&top["spam"]));
        for (token, weight) in told.map(|one| (&one[0], number(&one[1]))) {
            let at = list(&exported["tokens"])
                .iter()
                .position(|one| one == token);
            let own = number(&exported["weights"][at.unwrap()]);
            assert!(
                (own - weight).abs() < 1e-9,
                "{model} {token}: {weight}, {own}"
            );
        }
    }
    // A model of one family alone has no contrast, and the page no section for it.
    train(&folder, "byte-ngram");
    folder.run(&format!("{EVALUATE} -o alone"));
    let page = folder.text("alone/report.html");
    assert!(!page.contains("There are no two families") && page.contains("id=\"drift\""));
}

#[test]
fn a_redacted_report_tells_no_text_no_source_and_no_rare_token() {
    let folder = Folder::with_builtin_mail(200);
    folder.write("zanzibar.csv", folder.bytes("mail.csv"));
    folder.run("train zanzibar.csv -q -o mail.spamlab --model multinomial,logistic");
    folder.write(
        "zanzibar.csv",
        "label,id,text\nham,q1,quagga zorilla numbat\nspam,q2,quagga zorilla prize money\n",
    );
    let tells = |name: &str| {
        let files = [
            "experiment.json",
            "report.html",
            "report.md",
            "tables/drift.csv",
        ];
        let files = files
            .into_iter()
            .chain(["tables/shifted_tokens.csv", "tables/messages.csv"]);
        let told = files.filter(|file| {
            let text = folder.text(&format!("{name}/{file}")).to_lowercase();
            ["quagga", "zorilla", "zanzibar", "q1"]
                .iter()
                .any(|word| text.contains(word))
        });
        told.count()
    };
    let evaluate = "evaluate zanzibar.csv -q -m mail.spamlab --resamples 0";
    folder.run(&format!("{evaluate} -o open"));
    assert!(tells("open") > 0, "the test has gone blind");
    folder.run(&format!("{evaluate} -o closed --redact"));
    assert_eq!(tells("closed"), 0);
    let shifted = folder.json("closed/experiment.json")["analyses"]["drift"]["tokens"].clone();
    let open = folder.json("open/experiment.json")["analyses"]["drift"]["tokens"].clone();
    let hidden = |tokens: &Value| {
        let hidden = list(tokens).iter().filter(|one| one["token"] == "▪▪▪");
        hidden.count()
    };
    assert!(hidden(&open) == 0 && hidden(&shifted) > 0, "{shifted}");
}

/// CRC-32 as in the PNG specification, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    };
    !bytes.iter().fold(!0, step)
}

/// Bytes of a block of a model file, and those of its section in it; number and sum come after.
const BLOCK: usize = 4096;
const CONTENT: usize = 4088;

/// Some bytes of a section as blocks, numbered from `number` on.
fn blocks(bytes: &[u8], number: usize) -> Vec<u8> {
    let block = |(at, content): (usize, &[u8])| {
        let mut block = content.to_vec();
        block.resize(CONTENT, 0);
        block.extend(((number + at) as u32).to_le_bytes());
        block.extend(crc32(&block).to_le_bytes());
        block
    };
    bytes.chunks(CONTENT).enumerate().flat_map(block).collect()
}

/// The model file as if a version before decisions had written it: without the sections that came
/// later and without what came to the card.
fn of_before(file: &[u8]) -> Vec<u8> {
    let length = u32::from_le_bytes(file[12..16].try_into().unwrap()) as usize;
    let sections: Vec<Value> = serde_json::from_slice(&file[20..20 + length]).unwrap();
    let (mut kept, mut contents) = (Vec::new(), Vec::new());
    for mut section in sections {
        let all = file[20 + length..].chunks(BLOCK);
        let own = all.skip(number(&section["block"]) as usize);
        let own = own.flat_map(|block| &block[..CONTENT]).copied();
        let mut bytes: Vec<u8> = own.take(number(&section["length"]) as usize).collect();
        match section["name"].as_str().unwrap() {
            "held_out" | "fingerprints" => continue,
            "card" => {
                let mut card: Value = serde_json::from_slice(&bytes).unwrap();
                for model in card["models"].as_array_mut().unwrap() {
                    assert!(model.as_object_mut().unwrap().remove("decision").is_some());
                }
                bytes = serde_json::to_vec(&card).unwrap();
            }
            _ => {}
        }
        section["block"] = (contents.len() / BLOCK).into();
        section["length"] = bytes.len().into();
        kept.push(section);
        contents.extend(blocks(&bytes, contents.len() / BLOCK));
    }
    let mut table = serde_json::to_vec(&kept).unwrap();
    table.resize((20 + table.len()).next_multiple_of(BLOCK) - 20, b' ');
    let mut before = file[..12].to_vec();
    before.extend((table.len() as u32).to_le_bytes());
    before.extend(crc32(&table).to_le_bytes());
    [before, table, contents].concat()
}

#[test]
fn a_model_file_of_before_decisions_is_read_with_the_defaults() {
    let folder = Folder::with_builtin_mail(200);
    train(&folder, "multinomial,logistic --cost-fp 99");
    let now = folder.run_json("classify mail.csv -q -m mail.spamlab --json");
    folder.write("mail.spamlab", of_before(&folder.bytes("mail.spamlab")));
    let decision = &folder.run_json("inspect mail.spamlab --json")["card"]["models"][0]["decision"];
    assert_eq!(number(&decision["threshold"]), 0.0);
    let before = folder.run_json("classify mail.csv -q -m mail.spamlab --json");
    let mut changed = 0;
    for (now, before) in list(&now).iter().zip(list(&before)) {
        let [now, before] = [now, before].map(|one| &one["verdicts"][0]);
        assert_eq!(now["log_odds"], before["log_odds"]);
        let is_spam = number(&before["log_odds"]) >= 0.0;
        assert_eq!(before["predicted"], if is_spam { "spam" } else { "ham" });
        changed += usize::from(now["predicted"] != before["predicted"]);
    }
    assert!(changed > 0);
    folder.run(&format!("{EVALUATE} -o found"));
    let drift = &folder.json("found/experiment.json")["analyses"]["drift"];
    assert!(drift["shared"].is_null() && drift["models"][0]["scores"].is_null());
    assert_eq!(number(&drift["unknown_tokens"]), 0.0);
}
