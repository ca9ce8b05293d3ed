//! Any bytes as the page of a message.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod message;

fuzz_target!(|page: &[u8]| {
    let head = b"Content-Type: text/html; charset=utf-8\n\n";
    message::read([head, page].concat());
});
