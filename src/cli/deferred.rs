//! Arguments of a command that are described only when the command is given: describing those of
//! all commands takes half a millisecond and half a megabyte.

use clap::builder::Resettable;
use clap::error::Error;
use clap::{ArgMatches, Args, Command, FromArgMatches};

/// Arguments that leave to the command what the command itself is described by: clap would take the
/// summary of the last options that are flattened into them.
pub struct Deferred<A>(pub A);

impl<A: Args> Args for Deferred<A> {
    fn augment_args(command: Command) -> Command {
        described(command, A::augment_args)
    }

    fn augment_args_for_update(command: Command) -> Command {
        described(command, A::augment_args_for_update)
    }
}

fn described(command: Command, augment: fn(Command) -> Command) -> Command {
    let (about, long) = (
        command.get_about().cloned(),
        command.get_long_about().cloned(),
    );
    let command = augment(command).about(Resettable::from(about));
    command.long_about(Resettable::from(long))
}

impl<A: FromArgMatches> FromArgMatches for Deferred<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Deferred<A>, Error> {
        A::from_arg_matches(matches).map(Deferred)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}
