//! Nets: the layers, the products below them and the training loop above. They know nothing of
//! mail, and both families may use them.

pub mod backprop;
pub mod byte_pairs;
pub mod fit;
pub mod functions;
pub mod kernel;
pub mod layers;
pub mod net;
pub mod training;
pub mod transformer;
pub mod weights;
