#!/bin/bash
# Once, on an empty primary: the replicas' role, and what a pooler in transaction mode does not pass on.
set -euo pipefail
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'replication';
ALTER ROLE greenroom SET statement_timeout = '15s';
ALTER ROLE greenroom SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE greenroom SET timezone = 'UTC';
SQL
echo "host replication replication samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
