//! Tells cargo what else the build depends on, and the linker what the splitting of the client needs.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment"
)]
fn main() {
    // A new migration is no change of any Rust file.
    println!("cargo:rerun-if-changed=migrations");
    // Where code refers to code, kept in the client for the program that takes its lazy parts out (.ci/site).
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo:rustc-link-arg-bin=client=--emit-relocs");
    }
}
