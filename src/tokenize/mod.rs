//! From mail to tokens: the one reader that feeds both families.
//!
//! Tokenizing is stateless and cannot fail: any bytes give some tokens, in time linear in their number. The rooms, in the
//! order in which a mail passes through them: `head` finds the header fields and `headers` makes clues of them; `mime` takes
//! the body apart, `transfer` and `charset` turn each part into UTF-8, `html` (with `entity`) reads markup as a person
//! would; `words` (with `link`, `stop`) cuts the visible text into words, and `surfaces` remembers which token each written
//! form stands for. A [`Tokenizer`] owns the lexicon it fills and the buffers it reuses; one serves one thread.
//!
//! Reading mail into tokens is what this program exists for, so the MIME reader is its own: mail-parser 0.11.9 took 0.13 s for
//! SpamAssassin's 33 MB where this takes a few hundredths, and gave text without a header no body.

mod charset;
mod entity;
mod head;
mod headers;
mod html;
mod kinds;
mod lexicon;
mod link;
mod mime;
mod recipe;
mod stop;
mod surfaces;
mod transfer;
mod words;

pub use kinds::Kinds;
pub use lexicon::{Kind, Lexicon, TokenId};
pub use recipe::{Headers, Recipe};

use crate::mail::Content;
use mime::{Entity, Found};
use transfer::Transfer;
use words::{Place, Words};

/// Reads mail after mail into tokens of one lexicon.
pub struct Tokenizer {
    recipe: Recipe,
    words: Words,
    buffers: Buffers,
}

/// Memory that is kept from mail to mail.
#[derive(Default)]
struct Buffers {
    /// A part after its transfer encoding was undone.
    bytes: Vec<u8>,
    /// The source of a page, or the value of a header, as UTF-8.
    utf8: Vec<u8>,
}

/// One mail being read: where everything found in it goes.
struct Reading<'t> {
    recipe: &'t Recipe,
    words: &'t mut Words,
    buffers: &'t mut Buffers,
    text: &'t mut Vec<u8>,
    tokens: &'t mut Vec<TokenId>,
    /// Rows of the HTML elements used, one bit each.
    elements: u128,
}

impl Tokenizer {
    /// A tokenizer with an empty lexicon.
    pub fn new(recipe: &Recipe) -> Tokenizer {
        Tokenizer { recipe: recipe.clone(), words: Words::new(recipe), buffers: Buffers::default() }
    }

    /// Reads one mail: appends its text (subject, newline, visible body; UTF-8, no headers) to `text` and its tokens, in
    /// order, to `tokens`.
    pub fn read(&mut self, content: &Content, text: &mut Vec<u8>, tokens: &mut Vec<TokenId>) {
        let Tokenizer { recipe, words, buffers } = self;
        let mut reading = Reading { recipe, words, buffers, text, tokens, elements: 0 };
        match content {
            Content::Raw(message) => reading.message(message),
            Content::Fields { from, subject, body } => reading.fields(from, subject, body),
        }
        reading.finish();
    }

    /// The tokens seen so far.
    pub fn lexicon(&self) -> &Lexicon {
        &self.words.lexicon
    }

    /// Gives up the lexicon.
    pub fn into_lexicon(self) -> Lexicon {
        self.words.lexicon
    }
}

impl Reading<'_> {
    fn message(&mut self, message: &[u8]) {
        let (head, body) = head::split(message);
        let entity = self.headers(|reader, text| reader.head(head, text));
        self.text.push(b'\n');
        mime::walk(entity, body, &mut |found| self.found(&found));
    }

    fn fields(&mut self, from: &str, subject: &str, body: &str) {
        self.text.extend_from_slice(subject.as_bytes());
        self.words.cut(subject.as_bytes(), Place::SUBJECT, self.tokens);
        self.text.push(b'\n');
        if self.recipe.headers != Headers::None && !from.trim().is_empty() {
            self.headers(|reader, _| reader.from(from.as_bytes()));
        }
        if html::looks_like_html(body.as_bytes()) {
            self.page(body.as_bytes());
        } else {
            let start = self.text.len();
            self.text.extend_from_slice(body.as_bytes());
            self.cut_from(start);
        }
    }

    fn headers<T>(&mut self, read: impl FnOnce(&mut headers::Reader<'_>, &mut Vec<u8>) -> T) -> T {
        let Reading { recipe, words, buffers, text, tokens, .. } = self;
        read(&mut headers::Reader { words, recipe, tokens, buffer: &mut buffers.utf8 }, text)
    }

    fn found(&mut self, found: &Found<'_>) {
        match found {
            Found::Leaf { entity, body } if entity.is_text() => self.text_part(*entity, body),
            Found::Leaf { entity, .. } => self.attachment(*entity),
            Found::Message { head } => self.forwarded(head),
            Found::TooMany => self.markup(Kind::Markup, "attachment:too-many", b""),
        }
    }

    /// The subject and sender of a message inside this one are text that its reader sees.
    fn forwarded(&mut self, head: &[u8]) {
        self.markup(Kind::Markup, "attachment:message", b"");
        let start = self.text.len();
        for field in head::fields(head).filter(|field| field.is("subject") || field.is("from")) {
            charset::append_header(field.value, self.text);
            self.text.push(b'\n');
        }
        self.cut_from(start);
    }

    /// A part that is no text: its type and the extension of its name, never its content.
    fn attachment(&mut self, entity: Entity<'_>) {
        self.markup(Kind::Markup, "attachment:", entity.media_type());
        if let Some(name) = entity.file_name()
            && let Some(dot) = memchr::memrchr(b'.', name)
        {
            self.markup(Kind::Markup, "attachment:.", &name[dot + 1..]);
        }
    }

    fn markup(&mut self, kind: Kind, name: &str, found: &[u8]) {
        if self.recipe.markup {
            self.words.clue(kind, name, found, self.tokens);
        }
    }

    fn text_part(&mut self, entity: Entity<'_>, body: &[u8]) {
        let mut bytes = std::mem::take(&mut self.buffers.bytes);
        bytes.clear();
        let decoded = match entity.transfer() {
            Transfer::AsIs => body,
            Transfer::QuotedPrintable => {
                transfer::quoted_printable(body, false, &mut bytes);
                &bytes
            }
            Transfer::Base64 => {
                transfer::base64(body, &mut bytes);
                &bytes
            }
        };
        if entity.is("text/html") || entity.media_type().is_empty() && html::looks_like_html(decoded) {
            let mut source = std::mem::take(&mut self.buffers.utf8);
            source.clear();
            charset::append(decoded, entity.charset(), &mut source);
            self.page(&source);
            self.buffers.utf8 = source;
        } else {
            let start = self.text.len();
            charset::append(decoded, entity.charset(), self.text);
            self.cut_from(start);
        }
        self.buffers.bytes = bytes;
    }

    /// Reads HTML: its text, and clues if the recipe asks for them.
    fn page(&mut self, source: &[u8]) {
        let Reading { recipe, words, text, tokens, elements, .. } = self;
        let start = text.len();
        html::read(source, text, &mut |clue| match clue {
            html::Clue::Link(url) if recipe.markup => link::clues(url, words, tokens),
            html::Clue::Link(_) => {}
            html::Clue::Element(row) => *elements |= 1 << row,
        });
        self.cut_from(start);
    }

    /// Turns the text from `start` on into words, and ends it with a line break so that the next part stands apart.
    fn cut_from(&mut self, start: usize) {
        self.words.cut(&self.text[start..], Place::BODY, self.tokens);
        if self.text.len() > start && self.text.last() != Some(&b'\n') {
            self.text.push(b'\n');
        }
    }

    /// Clues about the mail as a whole.
    fn finish(mut self) {
        self.words.finish_mail(self.tokens);
        while self.elements != 0 {
            let row = self.elements.trailing_zeros() as usize;
            self.elements &= self.elements - 1;
            self.markup(Kind::Markup, "html:", html::element_name(row).as_bytes());
        }
    }
}
