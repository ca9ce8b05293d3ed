//! Turns a saved experiment into a report: figures as data ([`charts`], [`figure`]), pictures
//! ([`ink`]), documents ([`documents`]), and the folder that holds them ([`write()`], [`load`]). It
//! knows no model and trains nothing, so that an `experiment.json` can be drawn again years later.

mod alone;
pub mod axis;
pub mod charts;
pub mod documents;
mod error;
pub mod figure;
mod folder;
mod framed;
pub mod ink;
pub mod palette;
mod pooled;
mod side_by_side;
pub mod statements;
mod thinned;

pub use alone::StandsAlone;
pub use error::ReportError;
pub use folder::{
    ReportOptions, check_alone, check_folder, is_part, load, load_timing, write, write_alone,
    write_side_by_side,
};
pub use side_by_side::{NamedExperiment, SavedSideBySide, SideBySide};
