//! Any bytes as the head of a message, whose body gives work to whatever the head says of it.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod message;

const BODY: &[u8] = b"\n\n--b\nContent-Type: text/plain\n\n\x1b$B4A\x1b(B caf\xc3\xa9 =C3=A9 Y2Fm6Q==\n\
    --b\nContent-Type: text/html\n\n<p>+AGE- ~{9'~}</p>\n--b--\n";

fuzz_target!(|head: &[u8]| message::read([head, BODY].concat()));
