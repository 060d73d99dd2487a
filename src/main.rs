//! The program: whatever the command line says.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// It gives back what sign-ins and pictures took, and is quicker than the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    owambe::cli::run()
}
