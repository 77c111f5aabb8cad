//! How a file of rows is written, for the commands that send and fetch one. The names are those of the wire.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Csv,
    Ndjson,
    Xlsx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Delimiter {
    Comma,
    Semicolon,
    Pipe,
    Tab,
}

/// The name of a choice on the wire.
pub(crate) fn wire_name(choice: impl ValueEnum + Copy) -> Option<String> {
    choice.to_possible_value().map(|value| value.get_name().to_owned())
}
