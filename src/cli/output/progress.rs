//! Progress bars on stderr: only on a terminal, and only for what takes longer than a second.

use crate::base::progress::Progress;
use crate::cli::common::Common;
use crate::cli::screen;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long work stays silent.
const PATIENCE: Duration = Duration::from_secs(1);

/// One bar at a time, for the stage under way.
pub struct Bar {
    /// Whether it says anything at all.
    talks: bool,
    /// Whether it is drawn: only on a terminal.
    shown: bool,
    stage: Mutex<Option<Stage>>,
}

struct Stage {
    name: String,
    bar: ProgressBar,
    since: Instant,
}

impl Bar {
    /// A bar that shows itself on a terminal unless the user wants quiet.
    pub fn new(common: &Common) -> Bar {
        Bar {
            talks: !common.quiet,
            shown: !common.quiet && stderr().is_terminal(),
            stage: Mutex::new(None),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(stage) = self
            .stage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            stage.bar.finish_and_clear();
        }
    }
}

impl Bar {
    /// The stage, shown once it has taken a while.
    fn with_stage(&self, change: impl Fn(&Stage)) {
        if let Some(stage) = self
            .stage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            if stage.bar.is_hidden() && stage.since.elapsed() > PATIENCE {
                stage.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            change(stage);
        }
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &str, steps: u64) {
        if !self.shown {
            return;
        }
        self.finish();
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
        let template = if steps > 0 {
            "{msg:24} {wide_bar:.cyan/dim} {pos}/{len}  {eta} left"
        } else {
            "{msg:24} {spinner} {pos}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(stage.to_owned());
        let mut slot = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Stage {
            name: stage.to_owned(),
            bar,
            since: Instant::now(),
        });
    }

    fn advance(&self, steps: u64) {
        self.with_stage(|stage| stage.bar.inc(steps));
    }

    fn detail(&self, detail: &str) {
        self.with_stage(|stage| {
            stage.bar.set_message(format!("{}, {detail}", stage.name));
        });
    }

    fn end(&self) {
        self.finish();
    }

    fn note(&self, text: &str) {
        if self.talks {
            self.finish();
            screen::talk(text);
        }
    }
}
