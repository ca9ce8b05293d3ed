//! Names of charsets. Those of the web are known to `encoding_rs`; mail has others, and spells the
//! known ones in other ways.

use super::code_page;
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, X_USER_DEFINED};

/// What the name of a charset stands for.
#[derive(Clone, Copy)]
pub(super) enum Charset {
    /// None, an unknown one, or ASCII, which says nothing about bytes beyond ASCII. ISO-2022-JP
    /// is here too: its bytes tell what they are.
    Unknown,
    /// A charset of the web.
    Web(&'static Encoding),
    /// ISO-2022-KR, whose bytes need not tell what they are.
    Iso2022Kr,
    Hz,
    Utf7,
    /// The number of a code page of DOS.
    CodePage(u32),
}

impl Charset {
    pub(super) fn named(name: &[u8]) -> Charset {
        let name = bare_name(name);
        if name.is_empty() {
            return Charset::Unknown;
        }
        if let Some(encoding) = Encoding::for_label(name) {
            let is_ascii = [&b"us-ascii"[..], b"ascii", b"ansi_x3.4-1968"]
                .iter()
                .any(|ascii| name.eq_ignore_ascii_case(ascii));
            if is_ascii || encoding == X_USER_DEFINED || encoding == encoding_rs::ISO_2022_JP {
                return Charset::Unknown;
            }
            if encoding != REPLACEMENT {
                return Charset::Web(encoding);
            }
        }
        let mut plain = [0; LONGEST];
        Charset::spelt_differently(squeezed(name, &mut plain))
    }

    /// The charset of a name that is no name of the web, without what is no letter or digit.
    fn spelt_differently(name: &[u8]) -> Charset {
        let number_after = |beginning: &[u8]| {
            let at = memchr::memmem::find(name, beginning)?;
            number(&name[at + beginning.len()..])
        };
        if name.starts_with(b"utf8") {
            return Charset::Web(UTF_8);
        }
        if name.ends_with(b"utf7") {
            return Charset::Utf7;
        }
        if name.starts_with(b"hz") {
            return Charset::Hz;
        }
        if name.ends_with(b"macroman") || name.ends_with(b"macintosh") {
            return Charset::Web(encoding_rs::MACINTOSH);
        }
        if name.ends_with(b"2022kr") {
            return Charset::Iso2022Kr;
        }
        if let Some(part) = number_after(b"8859") {
            let label = format!("iso-8859-{part}");
            return Encoding::for_label(label.as_bytes()).map_or(Charset::Unknown, Charset::Web);
        }
        // `cp850`, `ibm-850`, `cspc850multilingual`, `cspc8codepage437`: the number says it all.
        let digits = |byte: &u8| byte.is_ascii_digit();
        let mut numbers = name.split(|byte| !digits(byte)).filter_map(number);
        numbers
            .find_map(Charset::numbered)
            .unwrap_or(Charset::Unknown)
    }

    /// The charset that Microsoft or IBM gave this number.
    fn numbered(number: u32) -> Option<Charset> {
        let label: &[u8] = match number {
            866 => b"ibm866",
            874 => b"windows-874",
            932 => b"shift_jis",
            936 => b"gbk",
            949 | 51949 => b"euc-kr",
            950 => b"big5",
            1250..=1258 => return Charset::of_windows(number),
            20866 => b"koi8-r",
            21866 => b"koi8-u",
            51932 => b"euc-jp",
            54936 => b"gb18030",
            65000 => return Some(Charset::Utf7),
            65001 => b"utf-8",
            _ => return code_page::exists(number).then_some(Charset::CodePage(number)),
        };
        Encoding::for_label(label).map(Charset::Web)
    }

    fn of_windows(number: u32) -> Option<Charset> {
        let label = format!("windows-{number}");
        Encoding::for_label(label.as_bytes()).map(Charset::Web)
    }
}

/// Length of the longest name that is looked at.
const LONGEST: usize = 32;

/// The letters and digits of `name` in lower case.
fn squeezed<'n>(name: &[u8], out: &'n mut [u8; LONGEST]) -> &'n [u8] {
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let mut len = 0;
    for (slot, byte) in out.iter_mut().zip(letters) {
        *slot = byte.to_ascii_lowercase();
        len += 1;
    }
    &out[..len]
}

/// The number at the beginning of `name`.
fn number(name: &[u8]) -> Option<u32> {
    let end = name.iter().position(|byte| !byte.is_ascii_digit());
    std::str::from_utf8(&name[..end.unwrap_or(name.len())])
        .ok()?
        .parse()
        .ok()
}

/// The name of a charset without the quotes, comments and other signs around it that some programs
/// write: `'utf-8'`, `utf-8 (Unicode)`, `_iso-2022-jp$ESC`.
pub(crate) fn bare_name(stated: &[u8]) -> &[u8] {
    let start = stated.iter().position(u8::is_ascii_alphanumeric);
    let name = &stated[start.unwrap_or(stated.len())..];
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(byte);
    let end = name.iter().position(|byte| !belongs(byte));
    &name[..end.unwrap_or(name.len())]
}
