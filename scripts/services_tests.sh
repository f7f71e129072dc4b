#!/usr/bin/env bash
# The suites of the packages on MariaDB and on PostgreSQL, and on MariaDB with REPEATABLE READ those that the isolation level
# can make a difference to; then a campaign of faults on each server, unless tests were chosen. Three of these run at the same
# time, each with a database and a Redis database of its own: some of their tests wait most of the time. What a run printed
# comes when all have ended, so that they do not mix; fails if one of them does. Tests that say how long something may take
# ("timed") come last, on both servers, when nothing else is running; their limits are many times what pages take.
#
# FAULT_HISTORIES says how many histories each campaign has (default: 100, so 200 in all). Arguments: the interpreter,
# then more arguments for pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
shift
more=("$@")
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

below_the_api=(tests/contract tests/attempts tests/security)
# What writes while others do, or reads again what they have written.
where_isolation_counts=(
    tests/contract/test_{concurrency,crowd,emptying,engine,fence,races,servers,state_machine,worker}.py
    tests/attempts/test_{fence,follow_ups,models,operations,policy_changes,sweep}.py
    tests/attempts_api/test_{operations,v1}.py
)

# run NAME URL BROKER ISOLATION MARKERS TESTS...
run() {
    local name=$1 file="$results/${1//[^A-Za-z]/}" url=$2 broker=$3 isolation=$4 markers=$5 began=$SECONDS status=0
    shift 5
    # One process for each server: the tests of one share its broker.
    DATABASE_URL="$url" DATABASE_ISOLATION="$isolation" CELERY_BROKER_URL="$broker" REDIS_URL="$broker" \
        SANDBOX_VAR="$file.var" "$python" -m pytest -p no:cacheprovider -m "$markers" --with-database --durations=15 \
        "${more[@]}" "$@" >"$file.log" 2>&1 || status=$?
    echo "$status $((SECONDS - began))" >"$file.status"
}

# campaign NAME URL
campaign() {
    local file="$results/${1//[^A-Za-z]/}" began=$SECONDS status=0
    "$python" -m tests.faults --histories "${FAULT_HISTORIES:-100}" --database "$2" >"$file.log" 2>&1 || status=$?
    echo "$status $((SECONDS - began))" >"$file.status"
}

[[ "$REDIS_URL" =~ /[0-9]+$ ]] || { echo "REDIS_URL must end in the number of a database, as in /0." >&2; exit 2; }
# broker N: the Nth database after the one that the URL names.
broker() { echo "${REDIS_URL%/*}/$((${REDIS_URL##*/} + $1))"; }
# own URL SUFFIX: a database of its own on the same server.
own() { sed -E "s/^([^?]*)/\1_$2/" <<<"$1"; }

names=() running=0
# begin NAME COMMAND...: the command, given the name, as soon as there is room.
begin() {
    names+=("$1")
    if [ "$running" -lt 3 ]; then running=$((running + 1)); else wait -n; fi
    "$2" "$1" "${@:3}" &
}
repeatable="MariaDB, REPEATABLE READ"
# The longest first. What is alike on both servers is tried on PostgreSQL alone, whose tests are two runs for that reason.
begin MariaDB run "$MARIADB_URL" "$(broker 0)" "" "not e2e and not timed and not alike" \
    "${below_the_api[@]}" tests/attempts_api
begin PostgreSQL run "$POSTGRES_URL" "$(broker 1)" "" "not e2e and not timed" "${below_the_api[@]}"
begin "PostgreSQL, API" run "$(own "$POSTGRES_URL" api)" "$(broker 3)" "" "not e2e and not timed" tests/attempts_api
begin "$repeatable" run "$(own "$MARIADB_URL" repeatable)" "$(broker 2)" "repeatable read" "not e2e and not timed" \
    "${where_isolation_counts[@]}"
if [ "${#more[@]}" -eq 0 ]; then
    begin "MariaDB, faults" campaign "$(own "$MARIADB_URL" faults)"
    begin "PostgreSQL, faults" campaign "$(own "$POSTGRES_URL" faults)"
fi
wait
running=0
begin "PostgreSQL, timed" run "$POSTGRES_URL" "$(broker 1)" "" timed tests/contract
begin "MariaDB, timed" run "$MARIADB_URL" "$(broker 0)" "" timed tests/contract
wait

failed=0 none=1
for name in "${names[@]}"; do
    file="$results/${name//[^A-Za-z]/}"
    read -r status seconds <"$file.status"
    printf '\n--- %s ---\n' "$name"
    cat "$file.log"
    printf -- '--- %s: %s after %s s\n' "$name" "$([ "$status" = 0 ] && echo passed || echo "FAILED ($status)")" "$seconds"
    # No test chosen is status 5: those that were asked for may all be in one of the runs.
    [ "$status" = 5 ] && [ "${#more[@]}" -gt 0 ] && continue
    none=0
    [ "$status" = 0 ] || failed=1
done
[ "$none" = 0 ] || { echo "No run has such a test." >&2; exit 5; }
exit "$failed"
