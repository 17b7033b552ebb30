#!/bin/bash
# Makes the database on first start, then becomes the server.
#
# A database counts as made when $PGDATA/PG_VERSION exists. It is made in $PGDATA/.init and moved into place, that file
# last, so that a start which was killed half-way is seen as such and begun anew. (The folder lies inside PGDATA, not
# beside it, because PGDATA may itself be the mount point, which nothing can be renamed onto.)
set -euo pipefail
shopt -s nullglob

stop_with() {
  printf 'postgres: %s\n' "$*" >&2
  exit 1
}

# setting NAME [DEFAULT]: prints $NAME, or the content of the file that $NAME_FILE names. Both at once is a mistake.
setting() {
  local name=$1 default=${2-} file_name="${1}_FILE"
  local value=${!name-} file=${!file_name-}
  if [[ -n $value && -n $file ]]; then
    stop_with "$name and $file_name are both set; keep one of them."
  fi
  if [[ -n $file ]]; then
    [[ -r $file ]] || stop_with "$file_name names $file, which is missing or not readable by uid $(id -u)."
    value=$(<"$file")
  fi
  printf '%s' "${value:-$default}"
}

check_folder() {
  if ! mkdir -p -- "$PGDATA" 2>/dev/null || [[ ! -w $PGDATA || ! -x $PGDATA ]]; then
    stop_with "the data folder $PGDATA can't be written by uid $(id -u): give its volume to that user (chown -R 10001:10001)."
  fi
  # The server refuses a folder that others may read. Where the folder is a mount point of another owner, it says so itself.
  chmod 0700 -- "$PGDATA" 2>/dev/null || true
}

check_version() {
  local version
  version=$(<"$PGDATA/PG_VERSION")
  if [[ $version != "$PG_MAJOR" ]]; then
    stop_with "the data in $PGDATA was written by PostgreSQL $version and this image is PostgreSQL $PG_MAJOR, which can't read it." \
      "Dump it with an image of PostgreSQL $version (pg_dumpall) and restore the dump into an empty volume. Nothing was changed."
  fi
}

# Removes what an initialisation that was killed has left; refuses files that aren't ours.
clear_unfinished() {
  local entry foreign=()
  if [[ -d $PGDATA/.init ]]; then
    echo "postgres: an earlier first start was interrupted; beginning it anew" >&2
    # .init goes last: while it is there, the next start knows that the rest is unfinished.
    for entry in "$PGDATA"/*; do
      [[ ${entry##*/} == lost+found ]] || rm -rf -- "$entry"
    done
    rm -rf -- "$PGDATA/.init"
  fi
  for entry in "$PGDATA"/*; do
    [[ ${entry##*/} == lost+found ]] || foreign+=("${entry##*/}")
  done
  if ((${#foreign[@]})); then
    stop_with "$PGDATA is not empty but holds no database (found: ${foreign[*]:0:5}). Give an empty volume, or set PGDATA to a folder below it."
  fi
}

initialise() {
  local stage=$PGDATA/.init user password database method
  user=$(setting POSTGRES_USER postgres)
  database=$(setting POSTGRES_DB "$user")
  password=$(setting POSTGRES_PASSWORD)
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  [[ -z ${POSTGRES_INITDB_WALDIR-} ]] || stop_with "POSTGRES_INITDB_WALDIR is not supported: the write-ahead log lies in PGDATA."
  if [[ -z $password && $method != trust ]]; then
    stop_with "there is no database yet and no password for its first user: set POSTGRES_PASSWORD_FILE (or POSTGRES_PASSWORD)." \
      "POSTGRES_HOST_AUTH_METHOD=trust lets everybody in without one."
  fi
  [[ $password != *$'\n'* ]] || stop_with "the password has more than one line."

  clear_unfinished
  mkdir -m 0700 -- "$stage"
  make_cluster "$stage" "$user" "$password"
  printf '\nhost all all all %s\n' "$method" >> "$stage/pg_hba.conf"
  with_private_server "$stage" "$user" "$database"
  take_over "$stage"
}

make_cluster() {
  local stage=$1 user=$2 password=$3 extra=() options=(--data-checksums --encoding=UTF8 --auth-local=trust)
  # Without a password to ask for, asking would shut everybody out.
  if [[ -n $password ]]; then options+=(--auth-host=scram-sha-256); else options+=(--auth-host=trust); fi
  # Word splitting is what the official image does with this variable, too.
  read -r -a extra <<< "${POSTGRES_INITDB_ARGS-}"
  # The built-in locale sorts the same on every release of the C library, so that a new base image can't corrupt an index.
  [[ ${POSTGRES_INITDB_ARGS-} == *--locale* || ${POSTGRES_INITDB_ARGS-} == *--icu* ]] ||
    options+=(--locale-provider=builtin --builtin-locale=C.UTF-8)
  # The password travels through a pipe: a command line can be read by every process.
  [[ -z $password ]] || options+=(--pwfile=/dev/fd/3)
  initdb --pgdata="$stage" --username="$user" "${options[@]}" "${extra[@]}" 3< <(printf '%s\n' "$password")
}

# Runs the given scripts in a server that only this container reaches, as the official image does.
with_private_server() {
  local stage=$1 user=$2 database=$3 socket script
  socket=$(mktemp -d /tmp/init-XXXXXX)
  # The log goes to the container's own: pg_ctl would keep the server attached to a pipe of ours otherwise.
  pg_ctl --pgdata="$stage" --wait --silent start \
    -o "-c listen_addresses='' -c unix_socket_directories='$socket' -c log_min_messages=warning"
  export PGHOST=$socket PGUSER=$user PGDATABASE=postgres
  if [[ $database != postgres ]]; then
    run_sql --set=name="$database" <<< 'CREATE DATABASE :"name";'
  fi
  PGDATABASE=$database
  for script in /docker-entrypoint-initdb.d/*; do
    run_script "$script"
  done
  unset PGHOST PGUSER PGDATABASE
  pg_ctl --pgdata="$stage" --wait --silent --mode=fast stop
  rm -rf -- "$socket"
}

run_sql() {
  psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 "$@"
}

run_script() {
  echo "postgres: running $1" >&2
  case $1 in
    *.sh)
      if [[ -x $1 ]]; then
        "$1"
      else
        # shellcheck source=/dev/null  # a user's own script
        . "$1"
      fi
      ;;
    *.sql) run_sql --file="$1" ;;
    *.sql.gz) gunzip --stdout "$1" | run_sql ;;
    *) echo "postgres: ignored $1, which is none of *.sh, *.sql, *.sql.gz" >&2 ;;
  esac
}

# Moves the finished database into place; the move of PG_VERSION is what makes it count.
take_over() {
  local stage=$1 entry
  sync --file-system -- "$PGDATA"
  for entry in "$stage"/*; do
    [[ ${entry##*/} == PG_VERSION ]] || mv -- "$entry" "$PGDATA/"
  done
  sync -- "$PGDATA"
  mv -- "$stage/PG_VERSION" "$PGDATA/"
  rmdir -- "$stage"
  sync -- "$PGDATA"
}

# `docker run IMAGE -c work_mem=8MB` means the server with that option.
[[ ${1--} != -* ]] || set -- postgres "$@"
# Anything else (psql, pg_dump, bash) and a question such as `postgres --version` needs no database.
if [[ $1 != postgres ]] || [[ " $* " =~ \ (--version|-V|--help|-\?|--describe-config)\  ]]; then
  exec "$@"
fi
(($(id -u) != 0)) || stop_with "the server refuses to run as root; the image's own user is 10001:10001."
: "${PGDATA:?the folder of the data}"
# A shell that is process 1 ignores these unless told; what is half-made is dropped at the next start.
trap 'exit 130' INT TERM
check_folder
if [[ -s $PGDATA/PG_VERSION ]]; then
  check_version
  [[ ! -d $PGDATA/.init ]] || rmdir -- "$PGDATA/.init"
else
  initialise
fi
# The server needs no password of its own and must not hold one in its environment.
unset POSTGRES_PASSWORD
exec "$@"
