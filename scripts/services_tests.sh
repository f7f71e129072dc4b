#!/usr/bin/env bash
# The suites of the packages on MariaDB and on PostgreSQL at the same time, each with a Redis database of its own as its
# broker. What a run printed comes when it has ended, so that the two do not mix; fails if one of them does.
#
# Arguments: the interpreter, then more arguments for pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
shift
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

run() {
    local engine=$1 url=$2 broker=$3 began=$SECONDS status=0
    shift 3
    # One process for each server: the tests of one share its broker. No test chosen is status 5, which fails as it should.
    DATABASE_URL="$url" CELERY_BROKER_URL="$broker" REDIS_URL="$broker" SANDBOX_VAR="$results/$engine.var" "$python" -m pytest \
        -p no:cacheprovider -m "not e2e" --durations=15 "$@" tests/contract tests/attempts tests/attempts_api \
        >"$results/$engine.log" 2>&1 || status=$?
    echo "$status $((SECONDS - began))" >"$results/$engine.status"
}

# The second broker is the database after the one that the URL names.
[[ "$REDIS_URL" =~ ^(.*/)([0-9]+)$ ]] || { echo "REDIS_URL must end in the number of a database, as in /0." >&2; exit 2; }
run MariaDB "$MARIADB_URL" "$REDIS_URL" "$@" &
run PostgreSQL "$POSTGRES_URL" "${BASH_REMATCH[1]}$((BASH_REMATCH[2] + 1))" "$@" &
wait

failed=0
for engine in MariaDB PostgreSQL; do
    read -r status seconds <"$results/$engine.status"
    printf '\n--- %s ---\n' "$engine"
    cat "$results/$engine.log"
    printf -- '--- %s: %s after %s s\n' "$engine" "$([ "$status" = 0 ] && echo passed || echo "FAILED ($status)")" "$seconds"
    [ "$status" = 0 ] || failed=1
done
exit "$failed"
