//! Any bytes as JSON: every row is kept or rejected with a reason, and reading it ends.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod corpus;

fuzz_target!(|json: &[u8]| corpus::read_all(json, "mail.json"));
