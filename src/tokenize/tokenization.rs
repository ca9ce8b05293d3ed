//! Reads one message, from its bytes to its text and tokens. The parsers tell what the message
//! contains; this file decides what becomes text, in which order, and when the text is split into
//! words.

use super::clues::attachments::Attachment;
use super::clues::headers::HeaderReader;
use super::clues::sink::TokenSink;
use super::emitter::language::Language;
use super::emitter::text_place::TextPlace;
use super::html::{self, HtmlOutput, PageBuffers, PageTally, Syntax};
use super::message::entity::Entity;
use super::message::head::{self, Stored};
use super::message::mime::{Limits, MimeEvent};
use super::message::transfer::Transfer;
use super::message::{charset, mime, plain};
use super::ngrams::NgramBuilder;
use super::recipe::{Headers, Recipe};
use super::token_kind::TokenKind;
use super::words::WordReader;
use crate::base::mail::Content;

/// Number of bytes that are read of all attached texts of a message, before they are decoded.
const MOST_ATTACHED: usize = 64 << 10;

/// Buffers that are reused from message to message.
#[derive(Default)]
pub(super) struct Buffers {
    /// A part after its transfer encoding was decoded.
    bytes: Vec<u8>,
    /// The source of a page, plain text that needs rendering, or the value of a header, as UTF-8.
    utf8: Vec<u8>,
    /// Text that pages hide.
    hidden: Vec<u8>,
    /// Text in attachments.
    attached: Vec<u8>,
    page: PageBuffers,
}

/// One message while it is read. Clues become tokens when they are found. Text becomes tokens at
/// the end, when all of it is known and its language can be detected.
pub(super) struct Tokenization<'t> {
    recipe: &'t Recipe,
    words: &'t mut WordReader,
    buffers: &'t mut Buffers,
    text: &'t mut Vec<u8>,
    /// The positions in `text` where this message and its body begin.
    start: usize,
    body: usize,
    tally: PageTally,
    /// Number of bytes of attached text that may still be read.
    attached_left: usize,
}

impl<'t> Tokenization<'t> {
    pub fn new(
        recipe: &'t Recipe,
        words: &'t mut WordReader,
        buffers: &'t mut Buffers,
        text: &'t mut Vec<u8>,
    ) -> Tokenization<'t> {
        buffers.hidden.clear();
        buffers.attached.clear();
        Tokenization {
            recipe,
            words,
            buffers,
            start: text.len(),
            body: text.len(),
            text,
            tally: PageTally::default(),
            attached_left: MOST_ATTACHED,
        }
    }

    /// Reads the message to its end.
    pub fn read(mut self, content: &Content, ngrams: &mut NgramBuilder) {
        match content {
            Content::Raw(message) => self.message(message),
            Content::Fields {
                from,
                subject,
                body,
            } => self.fields(from, subject, body),
        }
        self.finish(ngrams);
    }

    fn message(&mut self, message: &[u8]) {
        let Stored { banner, head, body } = head::split_stored(message);
        let entity = HeaderReader {
            headers: self.recipe.headers,
            sink: self.words,
            buffer: &mut self.buffers.utf8,
        }
        .head(head, self.text);
        self.begin_body();
        if !banner.is_empty() {
            let mut source = std::mem::take(&mut self.buffers.utf8);
            source.clear();
            charset::append(banner, b"", &mut source);
            self.plain(&source);
            self.buffers.utf8 = source;
        }
        mime::walk(entity, body, &mut Limits::new(), &mut |event, limits| {
            self.part(&event, limits);
        });
    }

    fn fields(&mut self, from: &str, subject: &str, body: &str) {
        html::append_decoded(subject.as_bytes(), self.text);
        self.begin_body();
        if self.recipe.headers != Headers::None && !from.trim().is_empty() {
            HeaderReader {
                headers: self.recipe.headers,
                sink: self.words,
                buffer: &mut self.buffers.utf8,
            }
            .from(from.as_bytes());
        }
        if html::looks_like_html(body.as_bytes()) {
            self.page(body.as_bytes(), Syntax::Html);
        } else if body.contains('&') {
            // Text that was taken from a page into a table is often still escaped, as in `&lt;`.
            let mut source = std::mem::take(&mut self.buffers.utf8);
            source.clear();
            html::append_decoded(body.as_bytes(), &mut source);
            self.plain(&source);
            self.buffers.utf8 = source;
        } else {
            self.plain(body.as_bytes());
        }
    }

    fn begin_body(&mut self) {
        self.text.push(b'\n');
        self.body = self.text.len();
    }

    fn part(&mut self, event: &MimeEvent<'_>, limits: &mut Limits) {
        match event {
            MimeEvent::Leaf { entity, body } if entity.is_text() && !entity.is_attached() => {
                self.text_part(*entity, body);
            }
            MimeEvent::Leaf { entity, body } => self.attachment(*entity, body),
            MimeEvent::Message { head } => self.forwarded(head),
            MimeEvent::Encoded { entity, body } => self.encoded(*entity, body, limits),
            MimeEvent::TooDeep { entity, body } => {
                self.words.clue(TokenKind::Limit, "limit:depth", b"");
                self.text_part(*entity, body);
            }
            MimeEvent::TooMany => self.words.clue(TokenKind::Limit, "limit:parts", b""),
        }
    }

    /// Reads the head of a forwarded message. Its subject and sender are text that the reader sees.
    fn forwarded(&mut self, head: &[u8]) {
        self.words
            .clue(TokenKind::Attachment, "attachment:message", b"");
        for field in head::fields(head).filter(|field| field.is("subject") || field.is("from")) {
            charset::append_header(field.value, self.text);
            self.text.push(b'\n');
        }
    }

    /// Reads a forwarded message in a transfer encoding.
    fn encoded(&mut self, entity: Entity<'_>, body: &[u8], limits: &mut Limits) {
        let Some(mut deeper) = limits.deeper() else {
            return self.words.clue(TokenKind::Limit, "limit:depth", b"");
        };
        let mut message = Vec::new();
        entity.transfer().undo(body, &mut message);
        let (head, body) = head::split(&message);
        self.forwarded(head);
        mime::walk(
            Entity::from_head(head),
            body,
            &mut deeper,
            &mut |event, limits| self.part(&event, limits),
        );
        limits.take_parts_of(deeper);
    }

    fn attachment(&mut self, entity: Entity<'_>, body: &[u8]) {
        let size = match entity.transfer() {
            Transfer::Base64 | Transfer::Uuencode => body.len() / 4 * 3,
            Transfer::AsIs | Transfer::QuotedPrintable => body.len(),
        };
        let name = entity.file_name();
        self.attached(entity.media_type(), name.as_deref(), size);
        if let Some(entity) = entity.attached_text(name.as_deref().unwrap_or_default()) {
            self.attached_text(entity, body);
        }
    }

    /// Reads a text that the message does not show but brings along, up to a limit. Its words are
    /// kept apart, and what its pages consist of is not told: it says little about the message.
    fn attached_text(&mut self, entity: Entity<'_>, body: &[u8]) {
        let mut body = body;
        if body.len() > self.attached_left {
            body = &body[..self.attached_left];
            body = &body[..memchr::memrchr(b'\n', body).unwrap_or(body.len())];
            self.words.clue(TokenKind::Limit, "limit:attached", b"");
            self.attached_left = 0;
        }
        self.attached_left = self.attached_left.saturating_sub(body.len());
        let shown = (
            std::mem::take(&mut self.body),
            std::mem::take(&mut self.tally),
        );
        std::mem::swap(self.text, &mut self.buffers.attached);
        self.text_part(entity, body);
        std::mem::swap(self.text, &mut self.buffers.attached);
        (self.body, self.tally) = shown;
    }

    fn attached(&mut self, media_type: &[u8], name: Option<&[u8]>, size: usize) {
        let decoded = &mut self.buffers.utf8;
        let name = name.map(|name| {
            decoded.clear();
            charset::append_header(name, decoded);
            decoded.as_slice()
        });
        let attachment = Attachment {
            media_type,
            name,
            size,
        };
        attachment.clues(self.words);
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
        let is_page = entity.is_page() || !entity.is_typed() && html::looks_like_html(decoded);
        let stated = entity.charset();
        let named = if is_page && stated.is_empty() {
            html::charset(decoded)
        } else {
            &stated
        };
        if let Some(how) = Rendering::of(entity, decoded, is_page) {
            let mut source = std::mem::take(&mut self.buffers.utf8);
            source.clear();
            charset::append(decoded, named, &mut source);
            match how {
                Rendering::Page(syntax) => self.page(&source, syntax),
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

    /// Reads plain text that contains uuencoded files.
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

    /// Reads an HTML page, its text and its clues.
    fn page(&mut self, source: &[u8], syntax: Syntax) {
        let output = HtmlOutput {
            visible: self.text,
            hidden: &mut self.buffers.hidden,
            tally: &mut self.tally,
            buffers: &mut self.buffers.page,
        };
        html::read(source, syntax, output, self.words);
        self.end_part();
    }

    /// Ends the text of a part with a line break, to separate it from the next part.
    fn end_part(&mut self) {
        if self.text.len() > self.body && self.text.last() != Some(&b'\n') {
            self.text.push(b'\n');
        }
        let hidden = &mut self.buffers.hidden;
        if hidden.last().is_some_and(|&last| last != b'\n') {
            hidden.push(b'\n');
        }
    }

    /// Emits the clues about the message as a whole, and splits its text into words.
    fn finish(self, ngrams: &mut NgramBuilder) {
        let Tokenization {
            words,
            text,
            start,
            body,
            tally,
            ..
        } = self;
        let Buffers {
            hidden, attached, ..
        } = self.buffers;
        tally.clues(text[body..].trim_ascii().len(), words);
        if !hidden.is_empty() {
            words.clue(TokenKind::Hidden, "html:hidden", b"");
        }
        let language = Language::of(&text[start..]);
        if let Some(language) = language {
            words.clue(TokenKind::Language, "language:", language.name().as_bytes());
        }
        words
            .emitter
            .set_language(language.unwrap_or(Language::English));
        for (piece, place) in [
            (&text[start..body], TextPlace::SUBJECT),
            (&text[body..], TextPlace::BODY),
            (hidden, TextPlace::HIDDEN),
            (attached, TextPlace::ATTACHED),
        ] {
            let from = words.emitter.tokens.len();
            words.read(piece, place);
            ngrams.of_words(&mut words.emitter, from);
        }
        words.end_message();
        ngrams.of_bytes(&mut words.emitter, &text[start..]);
    }
}

/// How text is rendered that mail programs do not show as it is.
enum Rendering {
    Page(Syntax),
    Calendar,
    Flowed { delsp: bool },
    HoldsFiles,
}

impl Rendering {
    fn of(entity: Entity<'_>, decoded: &[u8], is_page: bool) -> Option<Rendering> {
        if is_page && entity.is_xml() {
            Some(Rendering::Page(Syntax::Xhtml))
        } else if is_page {
            Some(Rendering::Page(Syntax::Html))
        } else if entity.is("text/calendar") {
            Some(Rendering::Calendar)
        } else if plain::holds_files(decoded) {
            Some(Rendering::HoldsFiles)
        } else {
            entity.flowed().map(|delsp| Rendering::Flowed { delsp })
        }
    }
}
