//! The Clients API as one program: command line, settings, wiring, background jobs. The libraries do the rest.

mod calls;
mod cli;
mod config;
mod copy;
mod development_person;
mod exit;
mod first_screen;
mod jobs;
mod keeping;
mod reload;
mod runtime;
mod shutdown;
mod stdout;
mod system;
mod telemetry;
mod wiring;

use std::process::ExitCode;

/// A request allocates many small and short-lived values, and this allocator is cheaper for them (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(text) => {
            stdout::print(&text);
            ExitCode::SUCCESS
        }
        Err(error) => error.report(),
    }
}
