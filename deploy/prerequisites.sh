#!/bin/sh
# Sees to the system packages that Python cannot bring: `prerequisites.sh run` or `prerequisites.sh test`.
# Installs what is missing where it may (root, or sudo); otherwise says what to type. Quick when nothing is missing.
set -eu

# Pillow shapes Arabic with it
FRIBIDI=libfribidi0
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

case ${1:-} in
run) check_python && check_fribidi ;;
test) check_python && check_fribidi && check_chromium ;;
*) say "usage: deploy/prerequisites.sh run|test"; exit 2 ;;
esac
