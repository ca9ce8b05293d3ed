//! Options of every command, and what they do.

use crate::cli::screen;
use anyhow::Context;
use clap::Args;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Makes what is said when the program is interrupted, if anything.
type LastWord = Box<dyn Fn() -> Option<String> + Send>;

static AT_INTERRUPTION: Mutex<Option<LastWord>> = Mutex::new(None);

/// Options of every command.
#[derive(Args)]
pub struct Common {
    /// Number of threads; the results do not depend on it [default: all processors]
    #[arg(
        long,
        global = true,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        help_heading = "General"
    )]
    threads: Option<u16>,
    /// Print nothing on stderr but errors
    #[arg(short, long, global = true, help_heading = "General")]
    pub quiet: bool,
}

impl Common {
    /// Starts the thread that removes what is unfinished at an interruption; to be called before
    /// any file is begun. Without it some temporary file would stay until the next run, nothing
    /// worse. Once is enough.
    pub fn watch_for_interruption() {
        let _ = ctrlc::set_handler(|| {
            say_last_word();
            crate::base::files::discard_unfinished();
            std::process::exit(130);
        });
    }

    /// What to say on stderr when the program is interrupted, unless the user wants quiet.
    pub fn say_at_interruption(&self, last_word: impl Fn() -> Option<String> + Send + 'static) {
        if !self.quiet {
            *at_interruption() = Some(Box::new(last_word));
        }
    }

    /// Starts the thread pool that does all the work.
    pub fn start_threads(&self) -> anyhow::Result<()> {
        Self::watch_for_interruption();
        let threads = self.threads.map_or(0, usize::from);
        started(rayon::ThreadPoolBuilder::new().num_threads(threads))
    }

    /// Lets this thread do all the work, for work that is done before others would have started.
    pub fn work_alone() -> anyhow::Result<()> {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1);
        started(alone.use_current_thread())
    }

    /// Tells something on stderr, unless the user wants quiet.
    pub fn say(&self, what: impl std::fmt::Display) {
        if !self.quiet {
            screen::tell(&what.to_string());
        }
    }
}

fn at_interruption() -> MutexGuard<'static, Option<LastWord>> {
    AT_INTERRUPTION
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

fn say_last_word() {
    let said = at_interruption().as_ref().and_then(|last_word| last_word());
    if let Some(said) = said {
        // A bar may stand on the line.
        if stderr().is_terminal() {
            screen::talk("");
        }
        screen::tell(&format!("spamlab: {said}"));
    }
}

fn started(pool: rayon::ThreadPoolBuilder) -> anyhow::Result<()> {
    pool.build_global()
        .context("threads could not be started; try --threads 1")
}
