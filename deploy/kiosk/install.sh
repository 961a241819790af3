#!/bin/sh
# Turns a Debian machine into a kiosk or a waiting-room screen: install.sh --url http://127.0.0.1:8080/
# Run as root. --root DIR lays the files under DIR and touches nothing else of the machine (to make an image).
set -eu

here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
url='' root=''
usage() { echo "usage: install.sh --url URL [--root DIR]" >&2; exit 2; }

while [ $# -gt 1 ]; do
    case $1 in
    --url) url=$2 ;;
    --root) root=$2 ;;
    *) usage ;;
    esac
    shift 2
done
[ $# -eq 0 ] || usage
origin=$(printf '%s\n' "$url" | sed -nE 's#^(https?://[A-Za-z0-9.:-]+|https?://\[[0-9a-fA-F:]+\](:[0-9]+)?)(/[^ "\\|&]*)?$#\1#p')
[ -n "$origin" ] || { echo "install.sh: --url needs the address of a page, as http://127.0.0.1:8080/" >&2; exit 2; }

if [ -z "$root" ]; then
    apt-get install -y --no-install-recommends chromium cage curl xinit x11-utils x11-xserver-utils xserver-xorg
    id sportello-kiosk >/dev/null 2>&1 ||
        useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin --groups video,input,render sportello-kiosk
fi

put() { install -D -m "$1" "$here/$2" "$root$3"; }
put 755 kiosk-session /usr/local/lib/sportello/kiosk-session
put 755 kiosk-browser /usr/local/lib/sportello/kiosk-browser
put 644 sportello-kiosk.service /etc/systemd/system/sportello-kiosk.service
put 644 sportello-kiosk.pam /etc/pam.d/sportello-kiosk

install -d "$root/etc/sportello" "$root/etc/chromium/policies/managed"
printf 'SPORTELLO_URL=%s\nLANG=it_IT.UTF-8\n' "$url" >"$root/etc/sportello/kiosk.conf"
sed "s|@ORIGIN@|$origin|" "$here/policy.json" >"$root/etc/chromium/policies/managed/sportello.json"

if [ -z "$root" ]; then
    systemctl daemon-reload
    systemctl set-default graphical.target
    systemctl enable --now sportello-kiosk.service
fi
