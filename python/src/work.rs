//! Work that takes a while: it runs on threads of its own while Python goes on, tells how far it
//! is, and ends when Python wants it to (Ctrl-C, or Stop in a notebook).
//!
//! Only the thread that asked talks to Python. It looks every twentieth of a second whether the
//! work is done, whether a signal came, and whether there is something to show. Work that is to end
//! unwinds from the next call by which it tells how far it is, so that nothing is left half done.

use crate::error::failed;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use spamlab::base::progress::Progress;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often Python is asked whether to go on.
const TICK: Duration = Duration::from_millis(50);
/// How long a stage stays silent, and how often it is shown after that.
const PATIENCE: Duration = Duration::from_secs(1);
const REFRESH: Duration = Duration::from_millis(500);
/// Characters of the line that shows how far the work is.
const WIDTH: usize = 79;

/// The threads, and the process that started them: they do not survive a fork.
static POOL: Mutex<Option<(u32, &'static ThreadPool)>> = Mutex::new(None);

/// The threads that do all the work of this process.
fn pool() -> PyResult<&'static ThreadPool> {
    let mut started = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    match *started {
        Some((process, pool)) if process == process::id() => Ok(pool),
        _ => {
            let pool = ThreadPoolBuilder::new().build().map_err(failed)?;
            // Never ended: its threads may be at work until the process ends.
            let pool: &'static ThreadPool = Box::leak(Box::new(pool));
            *started = Some((process::id(), pool));
            Ok(pool)
        }
    }
}

/// Runs `work` on all threads and waits for it, while other threads of Python go on.
pub fn wait_for<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let pool = pool()?;
    Ok(py.detach(|| pool.install(work)))
}

/// The same for work that may take long: it can be interrupted, and is shown if so wished.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    shown: bool,
    work: impl FnOnce(&dyn Progress) -> T + Send + 'static,
) -> PyResult<T> {
    if pool()?.current_thread_index().is_some() {
        // Python was called by such work, and calls back: to wait for a thread would be to wait for
        // this one.
        let silent = Told::new(false);
        return Ok(py.detach(|| work(&silent)));
    }
    let told = Arc::new(Told::new(shown));
    let (sender, mut receiver) = channel();
    let progress = Arc::clone(&told);
    pool()?.spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&*progress)));
        // Nobody waits for work that was interrupted.
        let _ = sender.send(outcome);
    });
    let mut screen = Screen::default();
    loop {
        let receiver = &mut receiver;
        match py.detach(move || receiver.recv_timeout(TICK)) {
            Ok(outcome) => {
                screen.show(py, &told)?;
                screen.clear(py)?;
                return outcome.map_err(|_| failed("a fault of spamlab itself ended the work"));
            }
            Err(RecvTimeoutError::Timeout) => {
                let goes_on = py.check_signals().and_then(|()| screen.show(py, &told));
                if let Err(error) = goes_on {
                    told.stopped.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Err(failed("the work was lost")),
        }
    }
}

/// What the work told since the last look.
struct Told {
    shown: bool,
    stopped: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    notes: Vec<String>,
    stage: Option<Stage>,
}

struct Stage {
    name: String,
    detail: String,
    since: Instant,
    steps: u64,
    done: u64,
}

impl Told {
    fn new(shown: bool) -> Told {
        Told {
            shown,
            stopped: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the work if it is to end: what is thrown here is caught where the work began.
    fn check(&self) {
        if self.stopped.load(Ordering::Relaxed) {
            resume_unwind(Box::new("interrupted"));
        }
    }
}

impl Progress for Told {
    fn begin(&self, stage: &str, steps: u64) {
        self.check();
        self.state().stage = Some(Stage {
            name: stage.to_owned(),
            detail: String::new(),
            since: Instant::now(),
            steps,
            done: 0,
        });
    }

    fn advance(&self, steps: u64) {
        self.check();
        if let Some(stage) = &mut self.state().stage {
            stage.done += steps;
        }
    }

    fn detail(&self, detail: &str) {
        self.check();
        if let Some(stage) = &mut self.state().stage {
            detail.clone_into(&mut stage.detail);
        }
    }

    fn end(&self) {
        self.state().stage = None;
    }

    fn note(&self, note: &str) {
        self.check();
        if self.shown {
            self.state().notes.push(note.to_owned());
        }
    }

    fn is_watched(&self) -> bool {
        self.shown
    }
}

/// What stands on `sys.stderr` of what was told.
#[derive(Default)]
struct Screen {
    shown_at: Option<Instant>,
    has_line: bool,
}

impl Screen {
    fn show(&mut self, py: Python<'_>, told: &Told) -> PyResult<()> {
        if !told.shown {
            return Ok(());
        }
        let (notes, line) = {
            let mut state = told.state();
            let due = self.shown_at.is_none_or(|at| at.elapsed() > REFRESH);
            let stage = state.stage.as_ref();
            let line = stage.filter(|stage| due && stage.since.elapsed() > PATIENCE);
            let line = line.map(Stage::line);
            (std::mem::take(&mut state.notes), line)
        };
        if !notes.is_empty() {
            self.clear(py)?;
            write(py, &(notes.join("\n") + "\n"))?;
        }
        if let Some(line) = line {
            write(py, &format!("\r{line:WIDTH$}"))?;
            (self.shown_at, self.has_line) = (Some(Instant::now()), true);
        }
        Ok(())
    }

    fn clear(&mut self, py: Python<'_>) -> PyResult<()> {
        if std::mem::take(&mut self.has_line) {
            write(py, &format!("\r{:WIDTH$}\r", ""))?;
        }
        Ok(())
    }
}

impl Stage {
    fn line(&self) -> String {
        let Stage { name, detail, .. } = self;
        let mut line = name.clone();
        if self.steps > 0 {
            let share = 100.0 * self.done as f64 / self.steps as f64;
            let _ = write!(line, ", {share:.0} %");
        }
        if !detail.is_empty() {
            let _ = write!(line, ", {detail}");
        }
        line.chars().take(WIDTH).collect()
    }
}

fn write(py: Python<'_>, text: &str) -> PyResult<()> {
    let stderr = py.import("sys")?.getattr("stderr")?;
    // There is none where a program has no console.
    if stderr.is_none() {
        return Ok(());
    }
    stderr.call_method1("write", (text,))?;
    stderr.call_method0("flush")?;
    Ok(())
}
