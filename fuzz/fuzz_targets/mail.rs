//! Any bytes as a message.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod message;

fuzz_target!(|whole: &[u8]| message::read(whole.to_vec()));
