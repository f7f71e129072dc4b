#!/usr/bin/env bash
# Sees to it that MariaDB, PostgreSQL and Redis answer, and that mysqlclient can be compiled.
#
# MARIADB_URL, POSTGRES_URL and REDIS_URL say where the servers are. A server that does not answer at its default
# address is installed from Debian's packages and started, when this is a Debian machine and we are root. A server that
# this script installed itself, and no other, is set to let the default user in over the loopback address without a
# password. In every other case the script says what is missing, and fails.
set -euo pipefail

DEFAULT_MARIADB_URL=mysql://root@127.0.0.1:3306/attempts
DEFAULT_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/attempts
DEFAULT_REDIS_URL=redis://127.0.0.1:6379/0
MARIADB_URL=${MARIADB_URL:-$DEFAULT_MARIADB_URL}
POSTGRES_URL=${POSTGRES_URL:-$DEFAULT_POSTGRES_URL}
REDIS_URL=${REDIS_URL:-$DEFAULT_REDIS_URL}
PYTHON=${PYTHON:-python3}
failed=0

# What is no URL is not shown in part either: a password with a slash in it would be taken for the address.
for variable in MARIADB_URL POSTGRES_URL REDIS_URL; do
    [[ "${!variable}" =~ ^[a-z0-9+]+://([^/@?#]*@)?[^/@:?#]+(:[0-9]+)?(/[^@#]*)?$ ]] && continue
    echo "$variable is not the URL of a server: percent-encode what is special in its user and password." >&2
    exit 2
done

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

updated=
install() {
    [ -n "$updated" ] || apt-get update -q >/dev/null
    updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

# host and port of a URL, the port of the scheme if it names none; never the password in it
address() {
    local rest=${1#*://} port
    rest=${rest%%/*}; rest=${rest##*@}
    case $1 in mysql:*) port=3306 ;; postgres*:*) port=5432 ;; redis*:*) port=6379 ;; esac
    case $rest in *:*) echo "${rest%:*} ${rest##*:}" ;; *) echo "$rest $port" ;; esac
}

answers() {
    local host port
    read -r host port < <(address "$1")
    timeout 5 bash -c ">/dev/tcp/$host/$port" 2>/dev/null
}

wait_for() {
    for _ in $(seq 60); do
        answers "$1" && return
        sleep 1
    done
    return 1
}

complain() {
    echo "$1 does not answer at $(address "$2"). Start one, or set $3 to one that runs. For example:" >&2
    echo "    $4" >&2
    failed=1
}

# ensure NAME URL DEFAULT_URL VARIABLE PACKAGE SERVER_BINARY SERVICE EXAMPLE
ensure() {
    local name=$1 url=$2 default=$3 variable=$4 package=$5 binary=$6 service=$7 example=$8 fresh=
    if answers "$url"; then
        return
    fi
    if [ "$url" != "$default" ] || ! can_install; then
        complain "$name" "$url" "$variable" "$example"
        return
    fi
    if ! compgen -G "$binary" >/dev/null; then
        echo "$name is not here: installing $package"
        install "$package"
        fresh=yes
    fi
    answers "$url" || service "$service" start >/dev/null || true
    if ! wait_for "$url"; then
        complain "$name" "$url" "$variable" "$example"
        return
    fi
    if [ -n "$fresh" ]; then "let_in_$service" "$package"; fi
    echo "$name started"
}

let_in_mariadb() {
    mariadb -e "ALTER USER root@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('')"
}

let_in_postgresql() {
    local hba
    hba=$(su postgres -c "psql -tAc 'SHOW hba_file'")
    sed -i '1i host all postgres 127.0.0.1/32 trust' "$hba"
    su postgres -c "psql -qtAc 'SELECT pg_reload_conf()'" >/dev/null
    su postgres -c "psql -tAc \"SELECT 1 FROM pg_database WHERE datname = 'attempts'\"" | grep -q 1 \
        || su postgres -c "createdb attempts"
}

let_in_redis-server() { :; }

ensure MariaDB "$MARIADB_URL" "$DEFAULT_MARIADB_URL" MARIADB_URL mariadb-server /usr/sbin/mariadbd mariadb \
    "docker run -d -p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb:10.11"
ensure PostgreSQL "$POSTGRES_URL" "$DEFAULT_POSTGRES_URL" POSTGRES_URL postgresql '/usr/lib/postgresql/*/bin/postgres' \
    postgresql "docker run -d -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:15"
ensure Redis "$REDIS_URL" "$DEFAULT_REDIS_URL" REDIS_URL redis-server /usr/bin/redis-server redis-server \
    "docker run -d -p 6379:6379 redis:7"

# mysqlclient has no wheels for Linux: it needs a compiler, the client library, and Python's headers.
headers="$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null || true)/Python.h"
if ! command -v gcc >/dev/null || ! command -v pkg-config >/dev/null || [ ! -f "$headers" ] \
    || ! { pkg-config --exists libmariadb || pkg-config --exists mysqlclient; }; then
    if can_install; then
        echo "Installing what mysqlclient is compiled with"
        install gcc libc6-dev libmariadb-dev pkg-config python3-dev
    else
        echo "mysqlclient cannot be compiled here: install a C compiler, pkg-config, Python's headers and the MariaDB" \
            "client library (Debian: gcc pkg-config python3-dev libmariadb-dev)." >&2
        failed=1
    fi
fi
exit "$failed"
