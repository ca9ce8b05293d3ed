//! What results depend on, as a hash: the program, what is asked, and the mail, wherever it comes
//! from. By it what was kept of an interrupted run is known to be of the same one.

use crate::dataset::Corpus;
use crate::lab::spec::{DataSpec, ExperimentSpec};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The hash of a specification and its mail; `format` is that of what is kept.
pub(in crate::lab) fn key(format: u32, spec: &ExperimentSpec, corpus: &Corpus) -> [u8; 32] {
    let asked = ExperimentSpec {
        data: DataSpec::default(),
        ..spec.clone()
    };
    let program = env!("CARGO_PKG_VERSION");
    let mut sum = Sha256::new();
    sum.update(json!([format, program, asked]).to_string());
    sum.update(corpus.digest());
    sum.finalize().into()
}
