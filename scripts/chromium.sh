#!/usr/bin/env bash
# Prints where Chromium is: $CHROMIUM, else the one on the PATH, else one installed from Debian's packages.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || { echo "CHROMIUM is $CHROMIUM, which is no program." >&2; exit 1; }
    echo "$CHROMIUM"
    exit
fi
find_it() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! find_it >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Chromium is not here: installing it" >&2
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
find_it || {
    echo "The browser tests need Chromium and none was found. Install it (Debian: apt-get install chromium), or set" \
        "CHROMIUM to where it is." >&2
    exit 1
}
