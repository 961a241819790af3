#!/bin/sh
# Resolves the dependencies of pyproject.toml into deploy/locks: versions and hashes, and the name of no host.
# Every lock holds for each platform and each Python from the one named; dev contains run, at the same versions.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "sportello: uv is needed to resolve the locks: pipx install uv" >&2; exit 1; }

lock() {
    name=$1 python=$2
    shift 2
    uv pip compile --quiet --upgrade --universal --python-version "$python" --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --output-file "deploy/locks/$name.lock" "$@" >/dev/null
}

lock run 3.11 pyproject.toml --group build
lock dev 3.11 pyproject.toml --group dev --constraints deploy/locks/run.lock
lock node 3.11 --group node
lock emupos 3.13 --group emupos
