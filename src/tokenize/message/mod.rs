//! The structure of a message: headers, MIME parts, transfer encodings and charsets.

pub(super) mod addresses;
pub(super) mod charset;
pub(super) mod date;
pub(super) mod entity;
pub(super) mod head;
pub(super) mod mime;
mod parameter;
pub(super) mod plain;
pub(super) mod transfer;
