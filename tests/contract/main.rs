//! Checks the promises of the program: what holds for every model, metric, chart and kind of input;
//! golden files; and the contents of a saved experiment and its report.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod analysis;
mod bad_rows;
mod builtin_mail;
mod calibration;
mod captions;
mod cautions;
mod chart;
mod chart_statements;
mod clue;
mod drift_statements;
mod every_word;
mod example_report;
mod failing_cells;
mod faultless;
mod generative_models;
mod golden_figures;
mod golden_mail;
mod inside;
mod kept_cells;
mod layout;
mod learning_curve;
mod mailbox;
mod manual;
mod metric;
mod model;
mod model_file;
mod near;
mod no_leak;
mod nothing_lost;
mod odd_tables;
mod policy;
mod reading;
mod report_folder;
mod round_trip;
mod saved_experiments;
mod side_by_side;
mod slow_mail;
mod statements;
mod table;
mod tested_mail;
mod titles;
mod uncertainty;
mod unlabelled;
