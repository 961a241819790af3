#!/bin/sh
# Sees to the system packages that Python cannot bring: `prerequisites.sh run` or `prerequisites.sh test`.
# Installs what is missing where it may (root, or sudo); otherwise says what to type. Quick when nothing is missing.
set -eu

# Pillow shapes Arabic with it
FRIBIDI=libfribidi0
EMUPOS_LOCK=deploy/locks/emupos.lock
VENV=${VENV:-.venv}

say() { printf 'sportello: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then sudo "$@"
    else return 1
    fi
}

install() {
    has apt-get || return 1
    say "installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 && return
    as_root apt-get update -q >/dev/null 2>&1 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

check_python() {
    has uv && return
    has python3 || fail "Python 3.11 or newer is missing: apt install python3 python3-venv"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed, and this is $(python3 --version)"
    python3 -c 'import ensurepip, venv' 2>/dev/null || install python3-venv ||
        fail "python3-venv is missing: apt install python3-venv"
}

check_fribidi() {
    if PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q 'libfribidi\.so\.0'; then return; fi
    install "$FRIBIDI" ||
        say "warning: without $FRIBIDI, right-to-left slips cannot be drawn: apt install $FRIBIDI"
}

# a snap cannot read the profile folders that tests make; Ubuntu hides one behind a script
is_snap() { case $(readlink -f "$1") in */snap | */snap/*) return 0 ;; *) grep -aqs /snap/ "$1" ;; esac; }

browser_found() {
    for name in chromium google-chrome google-chrome-stable chromium-browser; do
        path=$(command -v "$name") && ! is_snap "$path" && return
    done
    return 1
}

apt_offers_chromium() {
    has apt-cache && apt-cache policy chromium 2>/dev/null | grep -q 'Candidate: [0-9]'
}

check_chromium() {
    browser_found && return
    [ "$(. /etc/os-release && echo "$ID")" = debian ] && install chromium && browser_found && return
    apt_offers_chromium && install chromium && browser_found && return
    say "no Chromium among the system's packages: asking Playwright for its own"
    "$VENV/bin/playwright" install-deps chromium >/dev/null ||
        say "warning: Playwright could not install the libraries its Chromium needs"
    "$VENV/bin/playwright" install chromium ||
        fail "Chromium is missing, and the tests need it: apt install chromium"
}

# the first Python that emupos runs on and that can make an environment; uv's own too, if it has one already
newer_python() {
    for python in python3 python3.14 python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[3-9].*/bin/python3; do
        "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 13))' 2>/dev/null &&
            command -v "$python" && return
    done
    has uv && uv python find --no-python-downloads '>=3.13' 2>/dev/null
}

make_emupos() {
    python=$1
    if has uv; then
        uv venv -q --clear -p "$python" "$VENV/emupos" &&
            uv pip install -q -p "$VENV/emupos/bin/python" --no-deps --require-hashes -r "$EMUPOS_LOCK"
    else
        "$python" -m venv --clear "$VENV/emupos" && "$VENV/emupos/bin/python" -m pip install -q \
            --disable-pip-version-check --no-deps --require-hashes -r "$EMUPOS_LOCK"
    fi
}

# the only part that the tests can do without: they say that they skipped it
check_emupos() {
    cmp -s "$EMUPOS_LOCK" "$VENV/emupos/made-from.lock" && return
    python=$(newer_python) || {
        say "note: no Python 3.13 or newer here, so the tests that have emupos draw our slips are skipped"
        return 0
    }
    say "making an environment for emupos with $python"
    if make_emupos "$python"; then cp "$EMUPOS_LOCK" "$VENV/emupos/made-from.lock"
    else say "warning: emupos could not be installed, so the tests that have it draw our slips are skipped"
    fi
}

case ${1:-} in
run) check_python && check_fribidi ;;
test) check_python && check_fribidi && check_chromium && check_emupos ;;
*) say "usage: deploy/prerequisites.sh run|test"; exit 2 ;;
esac
