//! Linear models for programs in other languages: tokens, weights, calibration and decision, as
//! JSON and as ONNX. Both begin at tokens, since nothing else reads mail as `tokenize` does.

mod linear;
mod onnx;
mod protobuf;

pub use linear::LinearExport;
pub use onnx::to_onnx;
