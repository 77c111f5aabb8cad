//! Who may see and do what: the page that says it, and every cell of it tried.

mod ground;
mod matrix;
mod page;
mod properties;
