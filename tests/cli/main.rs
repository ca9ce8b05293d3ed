//! The program as a user meets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod command_line;
mod commands;
