//! Any bytes as a table: every row is kept or rejected with a reason, and reading it ends.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod pile;

fuzz_target!(|table: &[u8]| pile::read_all(table, "pile.csv"));
