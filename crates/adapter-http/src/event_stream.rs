/// The extension of a response whose body is a stream of events. It ends by itself, and has no minimum rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventStream;
