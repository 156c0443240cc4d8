# What every script here starts with: strict mode, the checkout's top as the
# working directory, and the few words they speak. Sourced, never run.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck disable=SC2034 # used by the scripts that source this
target_dir=${CARGO_TARGET_DIR:-target}
tools_dir="${XDG_CACHE_HOME:-$HOME/.cache}/inspireai/tools"
# shellcheck disable=SC2034
checkers_dir=$tools_dir/checkers

say() { printf '==> %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A time in words: `took 75` prints "1 min 15 s".
took() {
  if (($1 >= 60)); then
    printf '%d min %d s' $(($1 / 60)) $(($1 % 60))
  else
    printf '%d s' "$1"
  fi
}

# `setting NAME DEFAULT`: the environment first, then `.env`, as the server reads them.
setting() {
  local value="${!1:-}"
  if [[ -z $value && -f .env ]]; then
    value=$(sed -nE "s/^(export )?$1=[\"']?([^\"']*)[\"']?[[:space:]]*\$/\2/p" .env | tail -n 1)
  fi
  printf '%s' "${value:-$2}"
}

has() { command -v "$1" >/dev/null 2>&1 || [[ -x /usr/sbin/$1 ]]; }

# The version of a crate that Cargo.lock holds.
locked_version() {
  awk -v name="\"$1\"" '$1 == "name" { found = ($3 == name) }
    found && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

# The wasm-bindgen program that matches Cargo.lock, or nothing when there is none yet.
find_wasm_bindgen() {
  local version program
  version=$(locked_version wasm-bindgen)
  for program in "$tools_dir/wasm-bindgen-$version/bin/wasm-bindgen" "$(command -v wasm-bindgen || true)"; do
    if [[ -x $program && $("$program" --version) == "wasm-bindgen $version" ]]; then
      printf '%s' "$program"
      return
    fi
  done
}

# The program that cuts the client's lazily loaded parts out, which .ci/setup-tools installs. Its version goes with that of
# wasm_split_helpers in Cargo.lock: both change when Leptos does.
wasm_split_version=0.2.4
# shellcheck disable=SC2034
wasm_split="$tools_dir/wasm-split-$wasm_split_version/bin/wasm-split-cli"

# The directory of PostgreSQL's server programs; Debian keeps them off the PATH.
find_postgres() {
  local program
  for program in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
    if [[ -x $program ]]; then
      dirname "$(readlink -f "$program")"
      return
    fi
  done
}

# The S3 server of the tests, which .ci/setup-tools installs.
s3_server_version=5.2.5
# shellcheck disable=SC2034
s3_server="$tools_dir/moto-$s3_server_version/bin/moto_server"

free_port() {
  node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); });'
}
