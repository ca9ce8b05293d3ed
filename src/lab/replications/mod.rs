//! Published experiments, repeated on the user's copy of their mail beside what was published: one
//! folder for each.

pub mod metsis;
