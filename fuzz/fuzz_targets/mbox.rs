//! Any bytes after an envelope, which make a mailbox: every message is kept or rejected.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod corpus;

fuzz_target!(|messages: &[u8]| {
    let mailbox = [b"From ann@example.org Thu Aug 22 12:36:23 2002\n", messages].concat();
    corpus::read_all(&mailbox, "spam.mbox");
});
