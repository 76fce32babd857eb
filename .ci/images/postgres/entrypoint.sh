#!/bin/sh
# Entrypoint of the image hive-postgres. Honours what the official image documents: POSTGRES_USER, POSTGRES_PASSWORD,
# POSTGRES_DB (each also as ..._FILE), POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, PGDATA, and a command that
# begins with an option.
set -eu

bin=/opt/postgres/bin
export LC_ALL=C.UTF-8 PGDATA="${PGDATA:-/var/lib/postgresql/data}"

# setting NAME DEFAULT: the variable, else the contents of the file that NAME_FILE names, else the default.
setting() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
  printf '%s' "${value:-$2}"
}

# The server refuses root; start-stop-daemon without -b replaces this process, so signals reach the server.
as_postgres() {
  program=$1
  shift
  start-stop-daemon -S -c postgres:postgres -x "$bin/$program" -- "$@"
}

initialise() {
  user=$(setting POSTGRES_USER postgres)
  password=$(setting POSTGRES_PASSWORD '')
  database=$(setting POSTGRES_DB "$user")
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$password" ] && [ "$method" != trust ]; then
    echo "Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in." >&2
    exit 1
  fi
  printf '%s\n' "$password" >/tmp/password
  chown postgres:postgres /tmp/password
  # An empty password file is refused; with trust nobody is asked for one.
  if [ -n "$password" ]; then set -- --pwfile=/tmp/password; else set --; fi
  # shellcheck disable=SC2086 # POSTGRES_INITDB_ARGS is a list of words, as in the official image.
  as_postgres initdb --pgdata="$PGDATA" --username="$user" --auth-local=trust --auth-host="$method" "$@" ${POSTGRES_INITDB_ARGS:-} >/dev/null
  rm /tmp/password
  if [ "$database" != postgres ]; then
    quoted=$(printf '%s' "$database" | sed 's/"/""/g')
    echo "create database \"$quoted\"" | as_postgres postgres --single -D "$PGDATA" postgres >/dev/null
  fi
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
}

case "${1:-postgres}" in -*) set -- postgres "$@" ;; esac
if [ "${1:-postgres}" != postgres ]; then exec "$@"; fi
[ $# -gt 0 ] && shift

mkdir -p "$PGDATA"
chown -R postgres:postgres "$PGDATA"
chmod 700 "$PGDATA"
[ -s "$PGDATA/PG_VERSION" ] || initialise
exec start-stop-daemon -S -c postgres:postgres -x "$bin/postgres" -- -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
