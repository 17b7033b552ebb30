#!/bin/bash
# Starts real servers through the image's entry point: `docker run --rm IMAGE_OF_STAGE_test`. Prints "N passed, N failed".
# shellcheck disable=SC2016  # what `check ... eval` gets is expanded when it is evaluated
set -uo pipefail

passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PGDATA POSTGRES_USER=todo POSTGRES_DB=todo POSTGRES_PASSWORD_FILE=$work/password
printf 'first secret\n' > "$work/password"
server=

# check WHAT COMMAND...: one assertion.
check() {
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $what" >&2; tail -n 8 "$work/log" | sed 's/^/    /' >&2; fi
}
fresh() { PGDATA=$(mktemp -d "$work/data-XXXX")/pgdata; }
start() { docker-entrypoint.sh "$@" > "$work/log" 2>&1 & server=$!; }
ready() { until postgres-ready; do kill -0 "$server" 2>/dev/null || return 1; done; }
stop() { kill -INT "$server" && wait "$server"; }
refused() { start "$@"; ! wait "$server"; }
log_has() { grep --quiet -- "$1" "$work/log"; }
sql() { psql --no-psqlrc -At --host=127.0.0.1 --username=todo --dbname=todo --command="$1"; }
login() { PGPASSWORD=$1 sql 'select 1' > /dev/null 2>&1; }
equal() { [[ $1 == "$2" ]] || { echo "    expected: $2, got: $1" >&2; false; }; }

first_start_and_restart() {
  fresh
  start
  check 'a first start becomes ready' ready
  check 'the password of the file is asked for and accepted' login 'first secret'
  check 'another password is refused' eval '! login wrong'
  export PGPASSWORD='first secret'
  check 'the settings of the image apply' equal "$(sql 'show max_connections')" 60
  check 'the locale does not depend on the C library' equal "$(sql 'select datlocprovider from pg_database where datname = current_database()')" b
  check 'checksums are on' equal "$(sql 'show data_checksums')" on
  check 'upper case knows more than ASCII' equal "$(sql "select upper('é')")" É
  check 'the server holds no password in its environment' eval '! grep -qz secret "/proc/$server/environ"'
  check 'the log holds no password' eval '! log_has "first secret"'
  sql 'create table kept as select 7 as seven' > /dev/null
  check 'it stops cleanly' stop
  check 'nothing of the making is left' eval '[[ ! -e $PGDATA/.init ]]'

  printf 'other secret\n' > "$work/password"
  start
  check 'a second start becomes ready' ready
  check 'the data is still there, under the password it was made with' equal "$(sql 'select seven from kept')" 7
  stop
  printf 'first secret\n' > "$work/password"
}

killed_first_start() {
  fresh
  start
  until [[ -e $PGDATA/.init/PG_VERSION ]]; do kill -0 "$server" || break; done
  # With its children: a container's death ends them all.
  pkill -KILL -P "$server"
  kill -KILL "$server"
  wait "$server" 2>/dev/null
  pkill -KILL -f "$PGDATA" || true
  check 'a killed first start does not count as a database' eval '[[ ! -e $PGDATA/PG_VERSION && -d $PGDATA/.init ]]'
  # Also killed while moving: some files are in place already.
  mkdir -p "$PGDATA/base" "$PGDATA/lost+found"
  start
  check 'the next start begins anew' ready
  check 'and says so' log_has 'interrupted; beginning it anew'
  check 'it works' login 'first secret'
  stop
}

initialisation_scripts() {
  fresh
  echo 'create table from_sql (n int)' > /docker-entrypoint-initdb.d/1.sql
  echo 'insert into from_sql values (1)' | gzip > /docker-entrypoint-initdb.d/2.sql.gz
  echo 'psql -qc "insert into from_sql values (2)" "$POSTGRES_DB"' > /docker-entrypoint-initdb.d/3.sh
  start
  check 'it becomes ready after the scripts' ready
  check 'each kind of script ran, in order, in the database' equal "$(PGPASSWORD='first secret' sql "select string_agg(n::text, ',') from from_sql")" 1,2
  stop
  fresh
  echo 'select nonsense' > /docker-entrypoint-initdb.d/4.sql
  check 'a script that fails stops the first start' refused
  check 'and leaves no database' eval '[[ ! -e $PGDATA/PG_VERSION ]]'
  rm -f /docker-entrypoint-initdb.d/*
  pkill -INT -f "$PGDATA/.init" || true
}

refusals() {
  fresh
  POSTGRES_PASSWORD_FILE='' check 'no password is refused' refused
  check 'with a sentence that names the option' log_has 'set POSTGRES_PASSWORD_FILE'
  POSTGRES_PASSWORD=x check 'a password given twice is refused' refused
  check 'with a sentence' log_has 'are both set'
  POSTGRES_PASSWORD_FILE=/nowhere check 'a missing password file is refused' refused
  check 'by name' log_has '/nowhere'
  mkdir -p "$PGDATA"
  echo 15 > "$PGDATA/PG_VERSION"
  check 'the data of another major version is refused' refused
  check 'with both versions' log_has 'PostgreSQL 15 and this image is PostgreSQL 17'
  rm "$PGDATA/PG_VERSION"
  touch "$PGDATA/photo.jpg"
  check 'foreign files are refused' refused
  check 'by name, and kept' eval 'log_has photo.jpg && [[ -e $PGDATA/photo.jpg ]]'
}

options() {
  fresh
  POSTGRES_PASSWORD_FILE='' POSTGRES_HOST_AUTH_METHOD=trust POSTGRES_INITDB_ARGS='--locale=C --wal-segsize=1' POSTGRES_DB='' start -c work_mem=9MB
  check 'options of the server are taken' ready
  check 'and obeyed' equal "$(sql 'show work_mem')" 9MB
  check 'options of initdb, too' equal "$(sql "select datlocprovider::text || current_setting('wal_segment_size') from pg_database where datname = 'todo'")" c1MB
  stop
  check 'another command runs without a database' eval 'docker-entrypoint.sh psql --version > /dev/null'
}

first_start_and_restart
killed_first_start
initialisation_scripts
refusals
options
echo "$passed passed, $failed failed"
((failed == 0))
