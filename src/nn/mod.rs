//! Nets: the layers, the products below them and the training loop above. They know nothing of
//! mail but in `learner`, where they meet the contract of models; both families may use them.

pub mod backprop;
pub mod byte_pairs;
pub mod feed_forward;
pub mod fit;
pub mod functions;
pub mod kernel;
pub mod layers;
pub mod learner;
pub mod net;
pub mod recurrent;
pub mod sequence;
pub mod training;
pub mod transformer;
pub mod weights;
