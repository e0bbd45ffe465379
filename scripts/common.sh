# shellcheck shell=sh
# What the scripts share; sourced, never run. It goes to the repository's root.
set -eu
cd "$(dirname "$0")"
while [ ! -e scripts/common.sh ]; do cd ..; done
root=$PWD
tools=$root/.tools
# How the allocator of our programs is built: what takes more than 64 KiB has pages of its own. Otherwise it opens one of 4 MiB for each
# size up to 512 KiB, most of which the system clears for nothing.
# shellcheck disable=SC2034 # for those that build
allocator=-DMI_ENABLE_LARGE_PAGES=0
export PATH="$tools/venv/bin:$tools/npm/node_modules/.bin:$tools/cargo/bin:$PATH"

# Says why it ends and what to do.
refuse() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# need_debian PROGRAM PACKAGE...: installs the packages where the program is missing.
need_debian() {
  has "$1" && return
  program=$1
  shift
  if ! has apt-get || [ "$(id -u)" -ne 0 ]; then
    refuse "$program is missing; install it (on Debian, as root: apt-get install $*)"
  fi
  test -e "$tools/apt-updated" || { apt-get update -qq && mkdir -p "$tools" && touch "$tools/apt-updated"; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# need_python: the pinned Python tools, in a virtual environment of their own.
need_python() {
  cmp -s scripts/tools/requirements.txt "$tools/venv/requirements.txt" && return
  need_debian python3 python3 python3-venv
  python3 -c 'import ensurepip' 2>/dev/null || need_debian no-ensurepip python3-venv
  python3 -m venv --clear "$tools/venv"
  "$tools/venv/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/tools/requirements.txt
  cp scripts/tools/requirements.txt "$tools/venv/requirements.txt"
  # The shell remembers where python3 was.
  hash -r
}

# need_npm: the pinned npm packages.
need_npm() {
  cmp -s scripts/tools/package.json "$tools/npm/installed.json" && return
  need_debian npm nodejs npm
  mkdir -p "$tools/npm"
  cp scripts/tools/package.json "$tools/npm/"
  # No package's own script runs but the one that lays links between the servers' libraries.
  (cd "$tools/npm" && npm install --ignore-scripts --no-audit --no-fund)
  for server in "$tools"/npm/node_modules/postgres-[0-9]*; do
    (cd "$server" && node scripts/hydrate-symlinks.js)
  done
  cp scripts/tools/package.json "$tools/npm/installed.json"
}

# need_cargo PROGRAM CRATE@VERSION [FLAG...]: builds a tool; without optimisation, which costs more than it gives here.
need_cargo() {
  has "$1" && return
  shift
  CARGO_TARGET_DIR="$tools/cargo/target" cargo install --quiet --locked --debug --root "$tools/cargo" "$@"
}
