//! One message read: from its bytes to its text and tokens.

use super::clues::{headers, links};
use super::emitter::language::Language;
use super::emitter::text_place::TextPlace;
use super::html;
use super::html::element;
use super::lexicon::{Lexicon, TokenId};
use super::message::mime::{Entity, Limits, MimeEvent};
use super::message::transfer::Transfer;
use super::message::{charset, head, mime, plain};
use super::ngrams::NgramBuilder;
use super::recipe::{Headers, Recipe, WordSplit};
use super::token_kind::TokenKind;
use super::words::WordReader;
use crate::base::mail::Content;

/// Reads mail after mail into tokens of one lexicon.
pub struct Tokenizer {
    recipe: Recipe,
    words: WordReader,
    grams: NgramBuilder,
    buffers: Buffers,
}

/// Memory that is kept from mail to mail.
#[derive(Default)]
struct Buffers {
    /// A part after its transfer encoding was undone.
    bytes: Vec<u8>,
    /// The source of a page or of plain text to be changed, or the value of a header, as UTF-8.
    utf8: Vec<u8>,
    /// Text that pages hide.
    hidden: Vec<u8>,
}

/// One message being read: where everything found in it goes. Clues become tokens as they are
/// found, text when all of it is there and its language can be told.
struct Tokenization<'t> {
    recipe: &'t Recipe,
    words: &'t mut WordReader,
    buffers: &'t mut Buffers,
    text: &'t mut Vec<u8>,
    /// Where in `text` the body of this message begins.
    body: usize,
    tokens: &'t mut Vec<TokenId>,
    /// Rows of the HTML elements used, one bit each.
    elements: u128,
    images: u32,
    dots: u32,
}

impl Tokenizer {
    /// A tokenizer with an empty lexicon.
    pub fn new(recipe: &Recipe) -> Tokenizer {
        let (words, grams) = (WordReader::new(recipe), NgramBuilder::new(recipe));
        Tokenizer {
            recipe: recipe.clone(),
            words,
            grams,
            buffers: Buffers::default(),
        }
    }

    /// Reads one message: appends its text (subject, newline, visible body; UTF-8, no headers) to
    /// `text` and its tokens to `tokens`: clues first, then the words of subject, body and hidden
    /// text, each in order.
    pub fn read(&mut self, content: &Content, text: &mut Vec<u8>, tokens: &mut Vec<TokenId>) {
        let Tokenizer {
            recipe,
            words,
            grams,
            buffers,
        } = self;
        if recipe.tokenizer == WordSplit::Whitespace {
            return read_as_it_stands(content, text, &mut words.lexicon, tokens);
        }
        buffers.hidden.clear();
        let start = text.len();
        let mut reading = Tokenization {
            recipe,
            words,
            buffers,
            text,
            body: start,
            tokens,
            elements: 0,
            images: 0,
            dots: 0,
        };
        match content {
            Content::Raw(message) => reading.message(message),
            Content::Fields {
                from,
                subject,
                body,
            } => reading.fields(from, subject, body),
        }
        reading.finish(start, grams);
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

/// Cuts a message at white space, headers and markup as they stand.
fn read_as_it_stands(
    content: &Content,
    text: &mut Vec<u8>,
    lexicon: &mut Lexicon,
    tokens: &mut Vec<TokenId>,
) {
    let start = text.len();
    match content {
        Content::Raw(message) => {
            text.extend_from_slice(String::from_utf8_lossy(message).as_bytes());
        }
        Content::Fields { subject, body, .. } => {
            text.extend([subject.as_bytes(), body.as_bytes()].join(&b'\n'));
        }
    }
    let words = text[start..]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    // White space is ASCII, so that no letter is ever cut.
    tokens.extend(
        words
            .filter_map(|word| std::str::from_utf8(word).ok())
            .map(|word| lexicon.intern(TokenKind::Word, word)),
    );
}

impl Tokenization<'_> {
    fn message(&mut self, message: &[u8]) {
        let (head, body) = head::split(message);
        let entity = self.headers(|reader, text| reader.head(head, text));
        self.begin_body();
        mime::walk(entity, body, &mut Limits::new(), &mut |found, limits| {
            self.found(&found, limits);
        });
    }

    fn fields(&mut self, from: &str, subject: &str, body: &str) {
        self.text.extend_from_slice(subject.as_bytes());
        self.begin_body();
        if self.recipe.headers != Headers::None && !from.trim().is_empty() {
            self.headers(|reader, _| reader.from(from.as_bytes()));
        }
        if html::looks_like_html(body.as_bytes()) {
            self.page(body.as_bytes());
        } else {
            self.plain(body.as_bytes());
        }
    }

    fn begin_body(&mut self) {
        self.text.push(b'\n');
        self.body = self.text.len();
    }

    fn headers<T>(
        &mut self,
        read: impl FnOnce(&mut headers::HeaderReader<'_>, &mut Vec<u8>) -> T,
    ) -> T {
        let Tokenization {
            recipe,
            words,
            buffers,
            text,
            tokens,
            ..
        } = self;
        read(
            &mut headers::HeaderReader {
                words,
                recipe,
                tokens,
                buffer: &mut buffers.utf8,
            },
            text,
        )
    }

    fn found(&mut self, found: &MimeEvent<'_>, limits: &mut Limits) {
        match found {
            MimeEvent::Leaf { entity, body } if entity.is_text() && !entity.is_attached() => {
                self.text_part(*entity, body);
            }
            MimeEvent::Leaf { entity, body } => self.attachment(*entity, body),
            MimeEvent::Message { head } => self.forwarded(head),
            MimeEvent::Encoded { entity, body } => self.encoded(*entity, body, limits),
            MimeEvent::TooDeep { entity, body } => {
                self.words
                    .clue(TokenKind::Limit, "limit:depth", b"", self.tokens);
                self.text_part(*entity, body);
            }
            MimeEvent::TooMany => {
                self.words
                    .clue(TokenKind::Limit, "limit:parts", b"", self.tokens)
            }
        }
    }

    /// The subject and sender of a message inside this one are text that its reader sees.
    fn forwarded(&mut self, head: &[u8]) {
        self.words.clue(
            TokenKind::Attachment,
            "attachment:message",
            b"",
            self.tokens,
        );
        for field in head::fields(head).filter(|field| field.is("subject") || field.is("from")) {
            charset::append_header(field.value, self.text);
            self.text.push(b'\n');
        }
    }

    /// A message inside this one, in a transfer encoding.
    fn encoded(&mut self, entity: Entity<'_>, body: &[u8], limits: &mut Limits) {
        let Some(mut deeper) = limits.deeper() else {
            return self
                .words
                .clue(TokenKind::Limit, "limit:depth", b"", self.tokens);
        };
        let mut message = Vec::new();
        entity.transfer().undo(body, &mut message);
        let (head, body) = head::split(&message);
        self.forwarded(head);
        mime::walk(
            Entity::from_head(head),
            body,
            &mut deeper,
            &mut |found, limits| self.found(&found, limits),
        );
        limits.take_parts_of(deeper);
    }

    /// A part that is no text: its type, the extension of its name and its size, never its content.
    fn attachment(&mut self, entity: Entity<'_>, body: &[u8]) {
        let size = match entity.transfer() {
            Transfer::Base64 | Transfer::Uuencode => body.len() / 4 * 3,
            Transfer::AsIs | Transfer::QuotedPrintable => body.len(),
        };
        self.attached(entity.media_type(), entity.file_name().as_deref(), size);
    }

    fn attached(&mut self, media_type: &[u8], name: Option<&[u8]>, size: usize) {
        let Tokenization {
            words,
            buffers,
            tokens,
            ..
        } = self;
        let mut clue =
            |found: &[u8]| words.clue(TokenKind::Attachment, "attachment:", found, tokens);
        clue(media_type);
        let sizes: [(usize, &[u8]); 4] = [
            (1_000, b"under-1k"),
            (10_000, b"under-10k"),
            (100_000, b"under-100k"),
            (1_000_000, b"under-1m"),
        ];
        clue(
            sizes
                .iter()
                .find(|(limit, _)| size < *limit)
                .map_or(b"over-1m", |(_, found)| found),
        );
        let Some(name) = name else { return };
        buffers.utf8.clear();
        charset::append_header(name, &mut buffers.utf8);
        let mut extensions = buffers.utf8.rsplitn(3, |&byte| byte == b'.');
        if let (Some(last), Some(before)) = (extensions.next(), extensions.next()) {
            clue(&[b".", last].concat());
            // `invoice.pdf.exe`
            let short =
                (2..=4).contains(&before.len()) && before.iter().all(u8::is_ascii_alphabetic);
            if short && extensions.next().is_some() {
                clue(b"two-extensions");
            }
        }
    }

    fn text_part(&mut self, entity: Entity<'_>, body: &[u8]) {
        let mut bytes = std::mem::take(&mut self.buffers.bytes);
        bytes.clear();
        let decoded = if entity.transfer() == Transfer::AsIs {
            body
        } else {
            entity.transfer().undo(body, &mut bytes);
            &bytes
        };
        let is_page = entity.is("text/html")
            || entity.media_type().is_empty() && html::looks_like_html(decoded);
        let stated = entity.charset();
        let named = if is_page && stated.is_empty() {
            html::charset(decoded)
        } else {
            stated
        };
        if let Some(how) = Rendering::by(entity, decoded, is_page) {
            let mut source = std::mem::take(&mut self.buffers.utf8);
            source.clear();
            charset::append(decoded, named, &mut source);
            match how {
                Rendering::Page => self.page(&source),
                Rendering::Calendar => plain::calendar(&source, self.text),
                Rendering::Flowed { delsp } => plain::flowed(&source, delsp, self.text),
                Rendering::HoldsFiles => self.holding_files(&source),
            }
            self.buffers.utf8 = source;
        } else {
            charset::append(decoded, named, self.text);
        }
        self.end_part();
        self.buffers.bytes = bytes;
    }

    /// Plain text that files were written into by uuencode.
    fn holding_files(&mut self, source: &[u8]) {
        let mut text = std::mem::take(self.text);
        plain::without_files(source, &mut text, |file| {
            self.attached(b"uuencoded", Some(file.name), file.lines.len() / 4 * 3);
        });
        *self.text = text;
    }

    fn plain(&mut self, source: &[u8]) {
        if plain::holds_files(source) {
            self.holding_files(source);
        } else {
            self.text.extend_from_slice(source);
        }
        self.end_part();
    }

    /// Reads HTML: its text, and clues.
    fn page(&mut self, source: &[u8]) {
        let Tokenization {
            words,
            buffers,
            text,
            tokens,
            elements,
            images,
            dots,
            ..
        } = self;
        let output = html::HtmlOutput {
            visible: text,
            hidden: &mut buffers.hidden,
        };
        html::read(source, output, &mut |clue| match clue {
            html::Clue::Link(url) => links::clues(url, words, tokens),
            html::Clue::Element(row) => *elements |= 1 << row,
            html::Clue::Mismatch => words.clue(TokenKind::Trick, "link:mismatch", b"", tokens),
            html::Clue::Image { tiny } => {
                *images += 1;
                *dots += u32::from(tiny);
            }
            html::Clue::SplitWord => words.clue(TokenKind::Fold, "fold:comment", b"", tokens),
        });
        self.end_part();
    }

    /// Ends the text of a part with a line break, so that the next stands apart.
    fn end_part(&mut self) {
        if self.text.len() > self.body && self.text.last() != Some(&b'\n') {
            self.text.push(b'\n');
        }
        if self
            .buffers
            .hidden
            .last()
            .is_some_and(|&last| last != b'\n')
        {
            self.buffers.hidden.push(b'\n');
        }
    }

    /// Cuts the text, which begins at `start`, into words, and tells what is known of the mail as a
    /// whole.
    fn finish(self, start: usize, grams: &mut NgramBuilder) {
        let Tokenization {
            words,
            buffers,
            text,
            body,
            tokens,
            elements,
            images,
            dots,
            ..
        } = self;
        clues_of_pages(
            words,
            elements,
            images,
            dots,
            text[body..].trim_ascii().len(),
            tokens,
        );
        if !buffers.hidden.is_empty() {
            words.clue(TokenKind::Hidden, "html:hidden", b"", tokens);
        }
        let language = Language::of(&text[start..]);
        if let Some(language) = language {
            words.clue(
                TokenKind::Language,
                "language:",
                language.name().as_bytes(),
                tokens,
            );
        }
        words.set_language(language.unwrap_or(Language::English));
        let (subject, body) = text[start..].split_at(body - start);
        let pieces = [
            (subject, TextPlace::SUBJECT),
            (body, TextPlace::BODY),
            (buffers.hidden.as_slice(), TextPlace::HIDDEN),
        ];
        for (piece, place) in pieces {
            let from = tokens.len();
            words.cut(piece, place, tokens);
            grams.of_words(&mut words.lexicon, from, tokens);
        }
        words.finish_mail(tokens);
        grams.of_bytes(&mut words.lexicon, &text[start..], tokens);
    }
}

/// Clues about how the pages of a message are made; `text_len` bytes of it are text.
fn clues_of_pages(
    words: &mut WordReader,
    mut elements: u128,
    images: u32,
    dots: u32,
    text_len: usize,
    tokens: &mut Vec<TokenId>,
) {
    /// A text shorter than this beside an image says little of its own.
    const LITTLE: usize = 100;
    while elements != 0 {
        let row = elements.trailing_zeros() as usize;
        elements &= elements - 1;
        words.clue(
            TokenKind::Markup,
            "html:",
            element::name_of(row).as_bytes(),
            tokens,
        );
    }
    let mut image = |found: &[u8]| words.clue(TokenKind::Image, "image:", found, tokens);
    match images {
        0 => return,
        1 => image(b"1"),
        2..=4 => image(b"2-4"),
        5..=9 => image(b"5-9"),
        _ => image(b"many"),
    }
    if dots > 0 {
        image(b"dot");
    }
    if text_len < LITTLE {
        image(b"little-text");
    }
}

/// Text that is not shown as it stands.
enum Rendering {
    Page,
    Calendar,
    Flowed { delsp: bool },
    HoldsFiles,
}

impl Rendering {
    fn by(entity: Entity<'_>, decoded: &[u8], is_page: bool) -> Option<Rendering> {
        if is_page {
            Some(Rendering::Page)
        } else if entity.is("text/calendar") {
            Some(Rendering::Calendar)
        } else if plain::holds_files(decoded) {
            Some(Rendering::HoldsFiles)
        } else {
            entity.flowed().map(|delsp| Rendering::Flowed { delsp })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_at_spaces_a_mail_is_what_stands_between_them_and_nothing_else() {
        let mut tokenizer = Tokenizer::new(&Recipe {
            tokenizer: WordSplit::Whitespace,
            ..Recipe::default()
        });
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        tokenizer.read(
            &Content::Raw(b"Subject: V1agra , <b>now\r\n\n caf\xe9".to_vec()),
            &mut text,
            &mut tokens,
        );
        let words: Vec<&str> = tokens
            .iter()
            .map(|&token| tokenizer.lexicon().token(token))
            .collect();
        assert_eq!(words, ["Subject:", "V1agra", ",", "<b>now", "caf\u{fffd}"]);
        let fields = Content::Fields {
            from: "a@b".to_owned(),
            subject: "two words".to_owned(),
            body: "x".to_owned(),
        };
        tokens.clear();
        tokenizer.read(&fields, &mut text, &mut tokens);
        assert_eq!(tokens.len(), 3, "the sender is not read");
    }
}
