//! Any bytes as a table: every row is kept or rejected with a reason, and reading it ends.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod corpus;

fuzz_target!(|table: &[u8]| corpus::read_all(table, "mail.csv"));
