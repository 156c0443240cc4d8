//! The `inspireai` binary.

/// Many short texts from many threads, and passwords that take 19 MiB each: an allocator that gives back what is not used.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    inspireai::server::run()
}
