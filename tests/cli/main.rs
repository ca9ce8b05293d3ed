//! The program as a user meets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod adversarial;
mod analyses;
mod attacks;
mod augmentation;
mod counts;
mod decisions;
mod denoising;
mod evaluation;
mod experiments;
mod export;
mod external;
mod folder;
mod generative;
mod help;
mod interrupted;
mod main_job;
mod model_file;
mod reading;
mod readme;
mod refusals;
mod safe_reading;
mod safe_writing;
mod search;
mod side_by_side;
mod split;
mod terminal;

use assert_cmd::Command;
use serde_json::Value;

/// What a command prints.
fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

/// The elements of an array.
fn list(value: &Value) -> &[Value] {
    let list = value.as_array();
    list.unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A number.
fn number(value: &Value) -> f64 {
    let number = value.as_f64();
    number.unwrap_or_else(|| panic!("not a number: {value}"))
}

/// What each element of an array holds under a name, where it is text.
fn texts<'v>(values: &'v Value, name: &str) -> Vec<&'v str> {
    let texts = list(values).iter().filter_map(|value| value[name].as_str());
    texts.collect()
}

/// The element of an array that is of a model.
fn of_model<'v>(values: &'v Value, model: &str) -> &'v Value {
    let found = list(values).iter().find(|value| value["model"] == model);
    found.unwrap_or_else(|| panic!("nothing of {model}: {values}"))
}

/// A number that tells nothing of the one it is made of, so that made-up messages do not repeat
/// (SplitMix64: Steele, Lea and Flood 2014).
fn scattered(number: usize) -> usize {
    let mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 33) as usize
}

/// The Python of tests that need its packages: `SPAMLAB_PYTHON`, or the one that is found.
fn python() -> String {
    std::env::var("SPAMLAB_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}
