//! Tells cargo what else the build depends on: a new migration is no change of any Rust file.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
