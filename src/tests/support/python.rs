//! OpenAI's own Python client, in the environment that `.ci/setup-python` makes.

use tokio::process::Command;

/// A Python that can `import openai`. It knows nothing of this process's environment, so no key of anybody's.
pub fn python() -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "where Python is installed concerns the tests, not the product's configuration"
    )]
    let program = std::env::var("TEST_PYTHON").expect(
        "this test needs OpenAI's Python client: run `make test`, or .ci/setup-python and set TEST_PYTHON to target/python/bin/python",
    );
    let mut command = Command::new(program);
    command.env_clear().env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
