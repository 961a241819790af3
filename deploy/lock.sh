#!/bin/sh
# Resolves the dependencies of pyproject.toml into deploy/locks: versions and hashes, and the name of no host.
# Every lock holds for each Python from 3.11 and each platform; dev contains run, at the same versions.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "sportello: uv is needed to resolve the locks: pipx install uv" >&2; exit 1; }

lock() {
    name=$1
    shift
    uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --output-file "deploy/locks/$name.lock" "$@" >/dev/null
}

lock run pyproject.toml --group build
lock dev pyproject.toml --group dev --constraints deploy/locks/run.lock
lock node --group node
