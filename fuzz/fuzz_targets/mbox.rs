//! Any bytes as a pile whose form is told by its content, which for most is a mailbox: every
//! message is kept or rejected.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod pile;

fuzz_target!(|pile: &[u8]| {
    // An envelope before anything makes a mailbox of it.
    let mailbox = [b"From ann@example.org Thu Aug 22 12:36:23 2002\n", pile].concat();
    pile::read_all(&mailbox, "spam.mbox");
});
