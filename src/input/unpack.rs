//! Turns a file into a stream of plain bytes. It counts the bytes of the file, computes their
//! checksum, and decompresses gzip, xz and zip.
//!
//! Compression is detected from the content, not from the name. Everything is decompressed while it
//! is read, never into memory as a whole, so that the limits of the reader of a stream also hold
//! for a decompression bomb. A zip file is a folder of members, which are opened one at a time. It
//! must be a file, since its table is at its end.

use super::error::InputError;
use crate::base::files::hexadecimal;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Number of bytes read from a file at a time.
const BLOCK: usize = 256 << 10;
/// How many layers of compression a stream may have.
const DEEPEST: usize = 4;

/// Supported kinds of compression: the name of each and the ending of its file names.
pub(super) const PACKINGS: [(&str, &str); 3] = [("gzip", ".gz"), ("xz", ".xz"), ("zip", ".zip")];

/// A stream of bytes.
pub type ByteStream = Box<dyn BufRead + Send>;

/// Counts the bytes that pass and, if asked to, computes their SHA-256. All files of a source share
/// it.
#[derive(Clone)]
pub(super) struct Meter {
    bytes: Arc<AtomicU64>,
    checksum: Option<Arc<Mutex<Sha256>>>,
}

impl Meter {
    pub fn new(hash: bool) -> Meter {
        Meter {
            bytes: Arc::default(),
            checksum: hash.then(Arc::default),
        }
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// SHA-256 of the bytes read so far, in hexadecimal.
    pub fn sha256(&self) -> Option<String> {
        let checksum = self.checksum.as_ref()?;
        Some(hexadecimal(
            &checksum
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
                .finalize(),
        ))
    }

    fn pass(&self, bytes: &[u8]) {
        self.count(bytes.len() as u64);
        self.add(bytes);
    }

    /// Counts bytes that nobody reads from a stream.
    pub fn count(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Where bytes go that belong to the SHA-256 and are not counted; None if nobody asked for it.
    pub fn digest(&self) -> Option<Digest> {
        self.checksum.is_some().then(|| Digest(self.clone()))
    }

    fn add(&self, bytes: &[u8]) {
        if let Some(checksum) = &self.checksum {
            checksum
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .update(bytes);
        }
    }
}

/// Adds what is written to the SHA-256.
pub(super) struct Digest(Meter);

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.pass(&buffer[..read]);
        Ok(read)
    }
}

/// Reads the beginning of a stream, at most `most` bytes. Returns it with a stream that still
/// begins with it.
pub(super) fn peek(
    mut stream: ByteStream,
    name: &str,
    most: usize,
) -> Result<(Vec<u8>, ByteStream), InputError> {
    let mut head = Vec::new();
    (&mut stream)
        .take(most as u64)
        .read_to_end(&mut head)
        .map_err(|source| InputError::from_io(name, 0, source))?;
    let again = io::Cursor::new(head.clone()).chain(stream);
    Ok((head, Box::new(again)))
}

/// A file name without the endings of compression.
pub fn without_packing(name: &str) -> &str {
    let mut name = name;
    for (_, ending) in PACKINGS {
        name = name.strip_suffix(ending).unwrap_or(name);
    }
    name
}

/// Opens a file; returns it with its size in bytes.
pub(super) fn open_file(path: &Path, name: &str) -> Result<(File, u64), InputError> {
    let failed = |source| InputError::from_io(name, 0, source);
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(InputError::Directory {
            file: name.to_owned(),
        });
    }
    Ok((file, about.len()))
}

/// Turns a reader into a metered stream.
pub(super) fn metered(inner: impl Read + Send + 'static, meter: &Meter) -> ByteStream {
    Box::new(BufReader::with_capacity(
        BLOCK,
        Metered {
            inner,
            meter: meter.clone(),
        },
    ))
}

/// A file, or one member of a zip file, which can be opened.
#[derive(Clone)]
pub(super) struct FileRef {
    path: Arc<Path>,
    member: Option<Member>,
}

/// Where a member of a zip file is.
#[derive(Clone)]
struct Member {
    name: String,
    start: u64,
    packed: u64,
    packing: Packing,
}

/// How a member of a zip file is packed.
#[derive(Clone)]
enum Packing {
    Stored,
    Deflated,
    /// It cannot be opened, for this reason.
    Unknown(String),
}

impl FileRef {
    pub fn new(path: PathBuf) -> FileRef {
        FileRef {
            path: path.into(),
            member: None,
        }
    }

    /// The path of the file, with the name of the member below it.
    pub fn name(&self) -> String {
        match &self.member {
            None => self.path.display().to_string(),
            Some(member) => format!("{}/{}", self.path.display(), member.name),
        }
    }

    /// Its name without the folders above the file.
    pub fn name_below_folders(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        match &self.member {
            None => name,
            Some(member) => format!("{name}/{}", member.name),
        }
    }

    /// Whether it is in the folder `new` of a Maildir.
    pub fn is_in_a_maildir(&self) -> bool {
        let folder = self.path.parent();
        self.member.is_none()
            && folder.is_some_and(|folder| {
                folder.ends_with("new") && folder.with_file_name("cur").is_dir()
            })
    }

    /// Opens it. What is packed is decompressed while it is read.
    pub fn open(&self, meter: &Meter) -> Result<Opened, InputError> {
        let name = self.name();
        let failed = |source| InputError::from_io(&name, 0, source);
        let (mut file, size) = open_file(&self.path, &name)?;
        let Some(member) = &self.member else {
            let mut magic = [0; 4];
            if file.read(&mut magic).map_err(failed)? == 4 && magic == *b"PK\x03\x04" {
                return Ok(Opened::Members(self.members(file, size)?));
            }
            file.rewind().map_err(failed)?;
            return Ok(Opened::Stream(unpack(metered(file, meter), &name)?));
        };
        file.seek(SeekFrom::Start(member.start)).map_err(failed)?;
        let packed = metered(file.take(member.packed), meter);
        let stream: ByteStream = match &member.packing {
            Packing::Stored => packed,
            Packing::Deflated => {
                Box::new(BufReader::with_capacity(BLOCK, DeflateDecoder::new(packed)))
            }
            Packing::Unknown(why) => {
                let why = why.clone();
                return Err(InputError::Damaged { file: name, why });
            }
        };
        Ok(Opened::Stream(unpack(stream, &name)?))
    }

    /// The members of this zip file in the order of its table.
    fn members(&self, file: File, size: u64) -> Result<Vec<FileRef>, InputError> {
        let damaged = |why: String| InputError::Damaged {
            file: self.name(),
            why,
        };
        let members = members(file).map_err(|error| damaged(error.to_string()))?;
        if let Some(what) = office_document(&members) {
            let file = self.name();
            return Err(InputError::Office { file, what });
        }
        let packed = members
            .iter()
            .fold(0, |sum: u64, member| sum.saturating_add(member.packed));
        // Members that lie over one another would be read many times over.
        if packed > size {
            return Err(damaged("its members overlap".to_owned()));
        }
        let of = |member| FileRef {
            path: self.path.clone(),
            member: Some(member),
        };
        Ok(members.into_iter().map(of).collect())
    }
}

/// What a file is when it is opened.
pub(super) enum Opened {
    /// A stream of plain bytes.
    Stream(ByteStream),
    /// The members of a zip file.
    Members(Vec<FileRef>),
}

/// Decompresses gzip and xz, also one inside the other.
pub(super) fn unpack(mut stream: ByteStream, name: &str) -> Result<ByteStream, InputError> {
    for _ in 0..DEEPEST {
        let head = stream
            .fill_buf()
            .map_err(|source| InputError::from_io(name, 0, source))?;
        if head.starts_with(b"\x1f\x8b") {
            stream = Box::new(BufReader::with_capacity(BLOCK, MultiGzDecoder::new(stream)));
        } else if head.starts_with(b"\xfd7zXZ\0") {
            stream = Box::new(BufReader::with_capacity(BLOCK, XzReader::new(stream, true)));
        } else {
            break;
        }
    }
    Ok(stream)
}

/// Opens a file that is no mail, or `-`, standard input; returns what it is called with a stream of
/// plain bytes.
pub fn open_stream(path: &Path) -> Result<(String, ByteStream), InputError> {
    let meter = Meter::new(false);
    if path == Path::new("-") {
        let name = "standard input".to_owned();
        let stream = unpack(metered(io::stdin(), &meter), &name)?;
        return Ok((name, stream));
    }
    let name = path.display().to_string();
    let (file, _) = open_file(path, &name)?;
    let stream = unpack(metered(file, &meter), &name)?;
    Ok((name, stream))
}

/// The table of a zip file, without folders and what the system put there.
fn members(file: File) -> Result<Vec<Member>, zip::result::ZipError> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file))?;
    let mut members = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || is_of_the_system(&name) {
            continue;
        }
        let packing = match entry.compression() {
            _ if entry.encrypted() => Packing::Unknown("it is locked by a password".to_owned()),
            zip::CompressionMethod::Stored => Packing::Stored,
            zip::CompressionMethod::Deflated => Packing::Deflated,
            other => Packing::Unknown(format!("it is packed by {other}")),
        };
        let start = entry.data_start().unwrap_or_default();
        members.push(Member {
            name,
            start,
            packed: entry.compressed_size(),
            packing,
        });
    }
    Ok(members)
}

/// What a zip file is if it is a document of an office program, judged by the names in it.
fn office_document(members: &[Member]) -> Option<&'static str> {
    const IWORK: &str = "a Numbers spreadsheet or another document of iWork";
    const PARTS: [(&str, &str); 7] = [
        ("xl/workbook.", "an Excel workbook"),
        ("xl/worksheets/", "an Excel workbook"),
        ("word/document.", "a Word document"),
        ("ppt/presentation.", "a PowerPoint presentation"),
        ("Index/Document.iwa", IWORK),
        ("Index.zip", IWORK),
        (
            "META-INF/manifest.xml",
            "a spreadsheet or another document of OpenOffice or LibreOffice",
        ),
    ];
    let holds = |part: &str| members.iter().any(|member| member.name.starts_with(part));
    let found = PARTS.iter().find(|(part, _)| holds(part));
    found.map(|&(_, what)| what)
}

/// Whether a path belongs to a version control system or an operating system, not to the user.
pub(super) fn is_of_the_system(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "__MACOSX" || part == ".git")
}

/// Whether a path names a hidden file.
pub(super) fn is_hidden(path: &str) -> bool {
    path.rsplit('/').next().unwrap_or(path).starts_with('.')
}
