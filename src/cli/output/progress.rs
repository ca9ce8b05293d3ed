//! How far the work is, on stderr: bars on a terminal, for what takes longer than a second, and one
//! line of how long a stage has still to go wherever that is more than a minute.

use crate::base::progress::{Progress, in_minutes};
use crate::cli::common::Common;
use crate::cli::screen;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long work stays silent.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a stage is watched before it is said how long it will take.
const WATCHED: Duration = Duration::from_secs(3);
/// The share of its steps that is watched before that: one in so many.
const LEAST: u64 = 10;
/// A stage that has longer to go is announced.
const LONG: Duration = Duration::from_mins(1);

/// One stage at a time, the one under way.
pub struct Bar {
    /// Whether it says anything at all.
    talks: bool,
    /// Whether a bar is drawn: only on a terminal.
    shown: bool,
    stage: Mutex<Option<Stage>>,
}

struct Stage {
    name: String,
    bar: ProgressBar,
    since: Instant,
    steps: u64,
    done: u64,
    /// Whether it was said how long it will take.
    announced: bool,
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
        let stage = self
            .stage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(stage) = stage {
            stage.bar.finish_and_clear();
        }
    }

    /// Changes the stage, which is shown once it has taken a while.
    fn with_stage(&self, change: impl FnOnce(&mut Stage)) {
        let mut slot = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stage) = slot.as_mut() {
            if self.shown && stage.bar.is_hidden() && stage.since.elapsed() > PATIENCE {
                stage.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            change(stage);
        }
    }
}

impl Stage {
    /// Counts steps, and says how long the stage has still to go once that can be told.
    fn advance(&mut self, steps: u64) {
        self.bar.inc(steps);
        self.done += steps;
        let to_go = to_go(self.since.elapsed(), self.done, self.steps);
        if let Some(to_go) = to_go.filter(|_| !self.announced) {
            self.announced = true;
            let line = format!("{}: {to_go}", self.name);
            self.bar.suspend(|| screen::talk(&line));
        }
    }
}

/// How long a stage has still to go if its other steps take as long as those done, where enough was
/// seen of it and that is long. Steps under way count for nothing, so that it is rather less.
fn to_go(elapsed: Duration, done: u64, steps: u64) -> Option<String> {
    if elapsed < WATCHED || done * LEAST < steps || done == 0 || done > steps {
        return None;
    }
    let left = elapsed.mul_f64((steps - done) as f64 / done as f64);
    let minutes = in_minutes(left.as_secs_f64());
    (left > LONG).then(|| format!("up to {minutes} to go, judging by {done} of {steps} steps"))
}

impl Progress for Bar {
    fn begin(&self, stage: &str, steps: u64) {
        if !self.talks {
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
            steps,
            done: 0,
            announced: false,
        });
    }

    fn advance(&self, steps: u64) {
        self.with_stage(|stage| stage.advance(steps));
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
            screen::tell(text);
        }
    }

    fn is_watched(&self) -> bool {
        self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_with_more_than_a_minute_to_go_is_announced_once_it_was_watched() {
        let seconds = Duration::from_secs;
        assert_eq!(to_go(seconds(2), 100, 1000), None);
        assert_eq!(to_go(seconds(9), 99, 1000), None);
        assert_eq!(to_go(seconds(10), 5, 30), None);
        assert_eq!(to_go(seconds(10), 0, 30), None);
        // Five of fifty in ten seconds: ninety seconds for the others.
        let said = to_go(seconds(10), 5, 50).unwrap();
        assert_eq!(said, "up to 2 minutes to go, judging by 5 of 50 steps");
        assert!(
            to_go(seconds(10), 5, 37)
                .unwrap()
                .starts_with("up to a minute to go")
        );
        assert_eq!(to_go(seconds(10), 9, 5), None);
    }
}
