#!/bin/bash
# Exits 0 when the database accepts connections over TCP. The server that runs during the first initialisation
# listens on a socket only, so that it never counts as ready.
exec pg_isready --quiet --host=127.0.0.1 --port="${PGPORT:-5432}" \
  --username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"
