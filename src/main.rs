//! The `spamlab` program: see `spamlab help`. Everything it does is in the library.

fn main() -> std::process::ExitCode {
    spamlab::cli::run()
}
