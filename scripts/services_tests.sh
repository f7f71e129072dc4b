#!/usr/bin/env bash
# The suites of the packages on MariaDB and on PostgreSQL at the same time, each with a Redis database of its own as its
# broker; and, as soon as one of these has ended, on MariaDB with REPEATABLE READ those that the isolation level can make a
# difference to. What a run printed comes when all have ended, so that they do not mix; fails if one of them does. When
# both servers have been through, a campaign of faults on each of them, unless tests were chosen.
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

everything=(tests/contract tests/attempts tests/attempts_api tests/security)
# What writes while others do, or reads again what they have written.
where_isolation_counts=(
    tests/contract/test_{concurrency,crowd,emptying,engine,fence,races,servers,state_machine,worker}.py
    tests/attempts/test_{fence,follow_ups,models,operations,policy_changes,sweep}.py
    tests/attempts_api/test_{operations,v1}.py
)

# run NAME URL BROKER ISOLATION TESTS...
run() {
    local file="$results/${1//[^A-Za-z]/}" url=$2 broker=$3 isolation=$4 began=$SECONDS status=0
    shift 4
    # One process for each server: the tests of one share its broker.
    DATABASE_URL="$url" DATABASE_ISOLATION="$isolation" CELERY_BROKER_URL="$broker" REDIS_URL="$broker" \
        SANDBOX_VAR="$file.var" "$python" -m pytest -p no:cacheprovider -m "not e2e" --with-database --durations=15 \
        "${more[@]}" "$@" >"$file.log" 2>&1 || status=$?
    # No test chosen is status 5. It fails as it should, but that those which were chosen may all be among the others.
    if [ "$status" = 5 ] && [ -n "$isolation" ] && [ "${#more[@]}" -gt 0 ]; then status=0; fi
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
repeatable="MariaDB, REPEATABLE READ"
# A database of its own there: its suite may run beside the other one.
of_repeatable="$(sed -E 's/^([^?]*)/\1_repeatable/' <<<"$MARIADB_URL")"
run MariaDB "$MARIADB_URL" "$(broker 0)" "" "${everything[@]}" &
everywhere=($!)
run PostgreSQL "$POSTGRES_URL" "$(broker 1)" "" "${everything[@]}" &
everywhere+=($!)
# Whichever of the two ends first makes room for the third.
wait -n
run "$repeatable" "$of_repeatable" "$(broker 2)" "repeatable read" "${where_isolation_counts[@]}" &
wait "${everywhere[@]}"
names=(MariaDB PostgreSQL "$repeatable")
if [ "${#more[@]}" -eq 0 ]; then
    campaign "MariaDB, faults" "$MARIADB_URL" &
    campaign "PostgreSQL, faults" "$POSTGRES_URL" &
    names+=("MariaDB, faults" "PostgreSQL, faults")
fi
wait

failed=0
for name in "${names[@]}"; do
    file="$results/${name//[^A-Za-z]/}"
    read -r status seconds <"$file.status"
    printf '\n--- %s ---\n' "$name"
    cat "$file.log"
    printf -- '--- %s: %s after %s s\n' "$name" "$([ "$status" = 0 ] && echo passed || echo "FAILED ($status)")" "$seconds"
    [ "$status" = 0 ] || failed=1
done
exit "$failed"
