#!/usr/bin/env bash
# Steps 1 and 3 of docs/postgresql.md "Setting it up": database and roles, as the administrator. It runs once, on an empty volume.
set -euo pipefail

psql --username=postgres --set=ON_ERROR_STOP=1 \
  --set=owner_password="$(cat /run/secrets/owner-password)" \
  --set=runtime_password="$(cat /run/secrets/runtime-password)" <<'SQL'
CREATE ROLE clients_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE clients_runtime LOGIN PASSWORD :'runtime_password';
CREATE DATABASE clients OWNER clients_owner ENCODING 'UTF8' TEMPLATE template0;
\connect clients
CREATE EXTENSION pg_trgm;
SQL
