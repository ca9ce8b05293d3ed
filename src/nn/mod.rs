//! Nets and back-propagation. They know nothing of mail, and both families may use them.

pub mod backprop;
pub mod net;
pub mod training;
