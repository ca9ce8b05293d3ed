//! Converts bytes in any charset to UTF-8, in bodies ([`append`]) and headers ([`append_header`]).

mod code_page;
mod convert;
mod encoded_word;
mod iso2022;
mod name;
mod unstated;
mod utf7;

pub(crate) use convert::append;
pub(crate) use encoded_word::append_header;
pub(crate) use name::bare_name;
