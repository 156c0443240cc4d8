//! The `inspireai` binary.

fn main() -> std::process::ExitCode {
    inspireai::server::run()
}
