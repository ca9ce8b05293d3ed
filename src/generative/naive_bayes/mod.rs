//! Naive Bayes: given the class, the tokens of a message are independent. One file per event model.

pub(super) mod bernoulli;
pub(super) mod complement;
pub(super) mod density;
pub(super) mod flexible;
pub(super) mod gaussian;
pub(super) mod mixture;
pub(super) mod multinomial;
pub(super) mod poisson;
pub(super) mod polya;
