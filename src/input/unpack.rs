//! Turns a file into a stream of plain bytes. It counts the bytes of the file, computes their
//! checksum, and decompresses gzip, xz and zip.
//!
//! Compression is detected from the content, not from the name. Everything is decompressed while it
//! is read, never into memory as a whole, so that the limits of the reader of a stream also hold
//! for a decompression bomb. A zip file becomes one stream per entry. It must be a file, since its
//! table is at its end.

use super::error::InputError;
use crate::base::files::hexadecimal;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Number of bytes read from a file at a time.
const BLOCK: usize = 256 << 10;
/// How many layers of compression a stream may have.
const DEEPEST: usize = 4;

/// Supported kinds of compression: the name of each and the ending of its file names.
pub(super) const PACKINGS: [(&str, &str); 3] = [("gzip", ".gz"), ("xz", ".xz"), ("zip", ".zip")];

/// A stream of bytes.
pub(super) type ByteStream = Box<dyn BufRead + Send>;

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
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if let Some(checksum) = &self.checksum {
            checksum
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .update(bytes);
        }
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

/// A stream with its name.
pub(super) struct Named {
    pub name: String,
    pub stream: ByteStream,
    /// Whether it is one file of several, so that it may be rejected alone.
    pub among_others: bool,
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

/// The streams of a file: one, or one for each entry of a zip file.
pub(super) fn streams(path: &Path, name: &str, meter: &Meter) -> Result<Vec<Named>, InputError> {
    let (mut file, _) = open_file(path, name)?;
    let mut magic = [0; 4];
    let failed = |source| InputError::from_io(name, 0, source);
    let is_zip = file.read(&mut magic).map_err(failed)? == 4 && magic == *b"PK\x03\x04";
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    if is_zip {
        return entries(path, name, meter);
    }
    let stream = unpack(metered(file, meter), name)?;
    Ok(vec![Named {
        name: name.to_owned(),
        stream,
        among_others: false,
    }])
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

/// One stream per file in a zip file, in the order of its table.
fn entries(path: &Path, name: &str, meter: &Meter) -> Result<Vec<Named>, InputError> {
    let damaged = |why: String| InputError::Damaged {
        file: name.to_owned(),
        why,
    };
    let (file, _) = open_file(path, name)?;
    let mut archive =
        zip::ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(error.to_string()))?;
    let mut streams = Vec::new();
    for at in 0..archive.len() {
        let entry = archive
            .by_index_raw(at)
            .map_err(|error| damaged(error.to_string()))?;
        let inside = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || is_hidden(&inside) {
            continue;
        }
        if entry.encrypted() {
            return Err(damaged(format!("{inside} in it is locked by a password")));
        }
        let (method, packed) = (entry.compression(), entry.compressed_size());
        let start = entry
            .data_start()
            .ok_or_else(|| damaged(format!("{inside} in it has no place")))?;
        let (mut own, _) = open_file(path, name)?;
        own.seek(SeekFrom::Start(start))
            .map_err(|source| InputError::from_io(name, 0, source))?;
        let plain = metered(own.take(packed), meter);
        let stream: ByteStream = match method {
            zip::CompressionMethod::Stored => plain,
            zip::CompressionMethod::Deflated => {
                Box::new(BufReader::with_capacity(BLOCK, DeflateDecoder::new(plain)))
            }
            other => {
                return Err(damaged(format!("{inside} in it is packed by {other}")));
            }
        };
        let name = format!("{name}/{inside}");
        streams.push(Named {
            stream: unpack(stream, &name)?,
            name,
            among_others: true,
        });
    }
    if let [only] = &mut streams[..] {
        only.among_others = false;
    }
    Ok(streams)
}

/// Whether a path names a hidden file, or one that the system put there rather than the user.
pub(super) fn is_hidden(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.starts_with('.')
        || path
            .split('/')
            .any(|part| part == "__MACOSX" || part == ".git")
}
