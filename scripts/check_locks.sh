#!/usr/bin/env bash
# Fails when a lock names a package index, a file or a folder of the machine it was compiled on, or is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
if grep -nE '^ *(-i|-f|--(index-url|extra-index-url|find-links|trusted-host))|://|file:[/.]|(^|[ =])/[a-z]' requirements/*.txt; then
    echo "The lines above tie a lock to one machine or index: compile it with 'make requirements'." >&2
    failed=1
fi
for source in requirements/*.in; do
    if [ ! -f "${source%.in}.txt" ]; then
        echo "$source has no lock: run 'make requirements'." >&2
        failed=1
    fi
done
exit "$failed"
