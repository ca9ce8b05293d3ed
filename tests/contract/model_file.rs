//! The model file: one message is classified by what it touches, to the same bits as by the whole
//! file; damage there is refused; and files of earlier formats are read.

use spamlab::base::mail::{Content, Email};
use spamlab::base::progress::Silent;
use spamlab::input::{Cell, Handed, MemoryTable};
use spamlab::lab::spec::{DataSpec, SplitSpec};
use spamlab::lab::{self, ExperimentSpec};
use spamlab::model::file::{ModelFile, StoreError};
use spamlab::predict::Scorer;
use std::fs;
use std::path::{Path, PathBuf};

/// The golden messages, in order.
fn golden() -> Vec<Vec<u8>> {
    let files = fs::read_dir("tests/golden")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|of| of == "eml"))
        .collect();
    files.sort();
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn email(message: &[u8]) -> Email {
    Email::new("", None, Content::Raw(message.to_vec()))
}

/// A file of models that were trained on the golden messages, every other as ham.
fn trained(folder: &Path, models: &[&str]) -> PathBuf {
    let mail = folder.join("mail.csv");
    let mut table = csv::Writer::from_path(&mail).unwrap();
    table.write_record(["label", "raw"]).unwrap();
    for (at, message) in golden().iter().enumerate() {
        let label = if at % 2 == 0 { "ham" } else { "spam" };
        let message = String::from_utf8_lossy(message);
        table.write_record([label, &*message]).unwrap();
    }
    table.flush().unwrap();
    trained_on(mail, folder, models)
}

fn trained_on(mail: PathBuf, folder: &Path, models: &[&str]) -> PathBuf {
    let spec = ExperimentSpec {
        data: DataSpec {
            inputs: vec![mail],
            ..DataSpec::default()
        },
        models: models.iter().map(|&name| name.to_owned()).collect(),
        split: SplitSpec::Folds(2),
        ..ExperimentSpec::default()
    };
    let trained = lab::train(&spec, &spamlab::catalog(), None, &Silent).unwrap();
    let path = folder.join("mail.spamlab");
    trained.save(&path).unwrap();
    path
}

/// What the models of a file say of a message, in every detail that is shown of it.
fn said(scorer: &Scorer, scored: &spamlab::predict::ScoredBatch, row: usize) -> String {
    let one = |at: usize| {
        let verdict = &scored.verdicts(at)[row];
        let bits = [verdict.score, verdict.log_odds, verdict.probability].map(f64::to_bits);
        let novelty = scorer.novelty(scored, at, row);
        let reasons = scorer.reasons(scored, at, row, 8);
        let code_length = verdict.code_length;
        format!(
            "{bits:?} {:?} {novelty:?} {reasons:?} {code_length:?}\n",
            verdict.predicted
        )
    };
    (0..scorer.loaded().len()).map(one).collect()
}

fn open(path: &Path) -> Result<ModelFile, StoreError> {
    ModelFile::open(path, &spamlab::catalog())
}

fn alone(path: &Path, message: &[u8]) -> Result<String, StoreError> {
    let (scorer, scored) = Scorer::classify_one(&open(path)?, &[], email(message))?;
    Ok(said(&scorer, &scored, 0))
}

const NARROWED: [&str; 8] = [
    "multinomial",
    "bernoulli",
    "complement",
    "poisson",
    "word-ngram",
    "logistic",
    "svm",
    "nb-svm",
];

#[test]
fn a_message_alone_gets_the_verdicts_and_reasons_that_it_gets_among_others() {
    let folder = tempfile::tempdir().unwrap();
    for others in [&["byte-ngram"][..], &["gaussian"]] {
        let path = trained(folder.path(), &[&NARROWED[..], others].concat());
        let scorer = Scorer::open(&open(&path).unwrap(), &[]).unwrap();
        let scored = scorer.score_emails(golden().iter().map(|one| email(one)).collect());
        for (row, message) in golden().iter().enumerate() {
            let whole = said(&scorer, &scored, row);
            assert_eq!(alone(&path, message).unwrap(), whole, "{row}");
        }
    }
}

#[test]
fn damage_in_what_a_message_touches_is_refused_and_elsewhere_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = trained(folder.path(), &NARROWED);
    let message = &golden()[0];
    let (whole, expected) = (fs::read(&path).unwrap(), alone(&path, message).unwrap());
    let bad = folder.path().join("bad.spamlab");
    let mut refused = 0;
    let places: Vec<usize> = (0..whole.len()).step_by(1999).collect();
    for &at in &places {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        fs::write(&bad, bytes).unwrap();
        match alone(&bad, message) {
            Ok(found) => assert_eq!(found, expected, "{at}"),
            Err(error) => {
                refused += 1;
                let said = error.to_string();
                let sentence = said.contains("damaged") && !said.contains('\n');
                assert!(sentence || at < 20, "{at}: {said}");
            }
        }
        // Read whole, no damage is overlooked.
        assert!(open(&bad).and_then(|file| file.verify()).is_err(), "{at}");
    }
    // The vocabulary and the models of bags are of a few blocks, all of which it touches.
    assert!(refused > places.len() / 4, "{refused} of {}", places.len());
    for length in (0..whole.len()).step_by(4999) {
        fs::write(&bad, &whole[..length]).unwrap();
        if let Ok(found) = alone(&bad, message) {
            assert_eq!(found, expected, "cut at {length}");
        }
        assert!(
            open(&bad).and_then(|file| file.verify()).is_err(),
            "cut at {length}"
        );
    }
}

/// Bytes of a block of the file, its number and its checksum at the end.
const BLOCK: usize = 4096;

/// Damages the content of a block, and writes the checksum that is right for it then.
fn damage(block: &mut [u8], kind: usize) {
    let content = &mut block[..BLOCK - 8];
    match kind {
        0 => content[..48].fill(0),
        1 => content.fill(0xff),
        2 => content.iter_mut().for_each(|byte| *byte ^= 1),
        _ => content.reverse(),
    }
    let checksum = crc32fast::hash(&block[..BLOCK - 4]);
    block[BLOCK - 4..].copy_from_slice(&checksum.to_le_bytes());
}

#[test]
fn damage_under_a_right_checksum_is_refused_in_a_sentence_or_gives_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let path = trained(folder.path(), &["multinomial", "word-ngram", "logistic"]);
    let message = &golden()[0];
    let (whole, expected) = (fs::read(&path).unwrap(), alone(&path, message).unwrap());
    let bad = folder.path().join("bad.spamlab");
    let (mut refused, mut others) = (0, 0);
    // The first block holds the table of sections, the next the card.
    for (block, kind) in (2..whole.len() / BLOCK).flat_map(|at| [0, 1, 2, 3].map(|of| (at, of))) {
        let mut bytes = whole.clone();
        damage(&mut bytes[block * BLOCK..][..BLOCK], kind);
        fs::write(&bad, bytes).unwrap();
        match alone(&bad, message) {
            Ok(found) => others += usize::from(found != expected),
            Err(error) => {
                refused += 1;
                let said = error.to_string();
                let sentence = said.contains("damaged") && !said.contains('\n');
                assert!(sentence, "{block} {kind}: {said}");
                assert!(!said.contains("checksum"), "{block} {kind}: {said}");
            }
        }
    }
    // No checksum stands in front of the reader.
    assert!(
        refused > 0 && others > 0,
        "{refused} refused, {others} other verdicts"
    );
}

#[test]
fn a_file_that_cannot_be_read_any_more_is_not_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = trained(folder.path(), &["multinomial", "word-ngram"]);
    let file = open(&path).unwrap();
    // Cut while it is open: what the system says of it is no fault of its contents.
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(2 * BLOCK as u64)
        .unwrap();
    let error = Scorer::classify_one(&file, &[], email(&golden()[0]))
        .err()
        .unwrap();
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
    let mut lexicon = spamlab::tokenize::Lexicon::new();
    lexicon.intern(spamlab::tokenize::TokenKind::Word, "lunch");
    let error = file.find(&lexicon).err().unwrap();
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
}

#[test]
fn a_message_alone_takes_memory_by_its_own_size_not_by_that_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let models = ["multinomial", "bernoulli", "complement", "word-ngram"];
    let path = trained_on("data/emails.csv".into(), folder.path(), &models);
    // What is counted is what one thread takes.
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let alone = alone.unwrap();
    let most = |whole: bool, message: &[u8]| {
        let work = || {
            let file = open(&path).unwrap();
            if whole {
                drop(Scorer::open(&file, &[]).unwrap());
            } else {
                drop(Scorer::classify_one(&file, &[], email(message)).unwrap());
            }
        };
        alone.install(|| allocation_counter::measure(work).bytes_max)
    };
    let short = b"Subject: lunch\n\nat noon?\n";
    // What the program itself keeps once, such as tables of languages, is there before.
    most(false, short);
    let (alone, whole) = (most(false, short), most(true, short));
    assert!(
        alone < 1 << 19,
        "{alone} bytes; the whole file takes {whole}"
    );
    assert!(
        alone < whole / 4,
        "{alone} bytes; the whole file takes {whole}"
    );
}

#[test]
fn a_file_of_format_1_is_read_and_says_what_the_program_said_that_wrote_it() {
    let path = Path::new("tests/format_1/mail.spamlab");
    let file = open(path).unwrap();
    file.verify().unwrap();
    let mut expected = csv::Reader::from_path("tests/format_1/verdicts.csv").unwrap();
    let mut expected = expected.records().map(Result::unwrap);
    let texts = fs::read_to_string("tests/format_1/mail.csv").unwrap();
    for text in texts.lines().skip(1) {
        let email = Email::new("", None, Content::text("", text));
        let (scorer, scored) = Scorer::classify_one(&file, &[], email).unwrap();
        for (at, (name, _)) in scorer.models().enumerate() {
            let found = &scored.verdicts(at)[0];
            let row = expected.next().unwrap();
            assert_eq!(name, &row[1]);
            let numbers = [3, 4, 5].map(|field| row[field].parse::<f64>().unwrap());
            let found = [found.score, found.log_odds, found.probability];
            for (found, then) in found.into_iter().zip(numbers) {
                // The values of a message were f64 then and are f32 now, of 24 bits.
                let rounding = 4.0 * f64::from(f32::EPSILON) * then.abs();
                assert!(
                    (found - then).abs() <= rounding,
                    "{name}: {found}, not {then}"
                );
            }
        }
    }
    assert!(expected.next().is_none());
}

#[test]
fn the_bytes_of_a_model_file_are_the_file_and_mail_in_memory_trains_the_same_models() {
    let folder = tempfile::tempdir().unwrap();
    let models = ["multinomial", "svm"];
    let path = trained(folder.path(), &models);
    let bytes = fs::read(&path).unwrap();
    let rows = golden().into_iter().enumerate().map(|(at, message)| {
        let label = if at % 2 == 0 { "ham" } else { "spam" };
        let text = String::from_utf8_lossy(&message).into_owned();
        [label.to_owned(), text].map(Cell::Text).to_vec()
    });
    let table = MemoryTable {
        name: folder.path().join("mail.csv").display().to_string(),
        columns: ["label", "raw"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    };
    let spec = ExperimentSpec {
        data: DataSpec::of_table(Handed::Whole(table.into())),
        models: models.map(str::to_owned).to_vec(),
        ..ExperimentSpec::default()
    };
    let mut held = lab::train(&spec, &spamlab::catalog(), None, &Silent).unwrap();
    // What else differs is how it was read, in words.
    let file = open(&path).unwrap();
    held.card.plan.clone_from(&file.card().plan);
    assert!(held.to_bytes().unwrap() == bytes);

    let read = |bytes: &[u8]| ModelFile::from_bytes(bytes.into(), &spamlab::catalog());
    let in_memory = read(&bytes).unwrap();
    in_memory.verify().unwrap();
    for message in golden() {
        let of = |file: &ModelFile| {
            let (scorer, scored) = Scorer::classify_one(file, &[], email(&message)).unwrap();
            said(&scorer, &scored, 0)
        };
        assert_eq!(of(&in_memory), of(&file));
    }
    for end in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        let refused = read(&bytes[..end]).and_then(|file| file.verify());
        let said = refused.unwrap_err().to_string();
        assert!(said.starts_with("the model in memory is "), "{said}");
    }
}
