# What every page has, beside its blocks. A block finds $PGDATA, and the programs of PostgreSQL and the service in its PATH.

# Waits for what a block has put into the background: a service returns when it is ready.
settle() { wait; }

# The page shows refusals.
refusals_are_answers() { touch "$BOOK/refusals"; }

# Stops every service, as an operator would.
stop_services() {
  local service
  [[ -e $BOOK/services ]] || return 0
  while read -r service; do
    kill -TERM "$service" 2>/dev/null || continue
    while kill -0 "$service" 2>/dev/null && [[ $(ps -o stat= -p "$service") != Z* ]]; do sleep 0.05; done
  done <"$BOOK/services"
  rm "$BOOK/services"
}

# Starts a server of PostgreSQL on a copy of a folder.
start_copy_of() { # start_copy_of <folder>
  cp -a "$1" "$PGDATA"
  printf '%s\n' "port = $PGPORT" "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" >>"$PGDATA/postgresql.conf"
  pg_ctl start --wait --silent --log="$BOOK/postgresql.log"
  export PGHOST=127.0.0.1 PGUSER=postgres
}

# One with nothing in it.
start_postgresql() { start_copy_of "$PGTEMPLATE"; }

# One with the roles, the schema and the grants of docs/postgresql.md. The pages share what the first of them has made.
start_database() {
  umask 077
  echo "postgres://clients_owner@127.0.0.1:$PGPORT/clients" >"$ROOT/etc/clients/owner-url"
  echo "postgres://clients_runtime@127.0.0.1:$PGPORT/clients" >"$ROOT/etc/clients/database-url"
  umask 022
  if [[ -d $PGTEMPLATE.migrated ]]; then
    start_copy_of "$PGTEMPLATE.migrated"
    return
  fi
  start_postgresql
  client-service roles create | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres
  client-service migrate --database-url-file "$ROOT/etc/clients/owner-url"
  client-service roles grant | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction "$(cat "$ROOT/etc/clients/owner-url")"
  pg_ctl stop --mode=fast --silent
  cp -a "$PGDATA" "$PGTEMPLATE.migrated"
  pg_ctl start --wait --silent --log="$BOOK/postgresql.log"
}

# A command of the service at the first address, as the maker: its answer, also where it is a refusal.
command_of_maker() { # command_of_maker <name> <data>
  curl -sS "http://$CLIENTS_LISTEN/api/bpm/cmd" -H 'Content-Type: application/json' -H "Authorization: Bearer $MAKER" \
    -d "{\"commandName\": \"$1\", \"data\": $2}" >"$BOOK/answer" || { cat "$BOOK/answer" && return 1; }
}

# A client with this first name.
create_client() { # create_client <name>
  command_of_maker CreateContactCommand '{"firstName": "'"$1"'", "lastName": "Okafor", "emailAddress": "'"$1"'@example.com",
    "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female", "address": "12 Allen Avenue", "city": "Ikeja",
    "state": "Lagos", "country": "NG", "identificationType": "National ID", "identificationNumber": "'"$1"'-01234567"}'
}

# A document of the client with this number; its id is in DOCUMENT then.
create_document() { # create_document <client> <number>
  command_of_maker CreateIdentityDocumentCommand '{"contactEncodedKey": "'"$1"'", "identityType": 2, "idNumber": "'"$2"'",
    "docExtension": "'"${3-.png}"'", "base64Doc": "'"${4-$PICTURE}"'"}'
  DOCUMENT=$(grep -o '"identityId":"[^"]*"' "$BOOK/answer" | cut -d '"' -f 4)
}
PICTURE=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==

# Tokens of the service in the folder clients-data.
tokens() {
  MAKER=$(client-service token --subject maker)
  CHECKER=$(client-service token --subject checker)
  export MAKER CHECKER
}

# Clients and documents in the database, by a service that is stopped again.
fill_database() { # fill_database <argument of serve>...
  export CLIENTS_JWT_HS256_SECRET=a-secret-of-this-book-and-nothing-else
  client-service serve --migrate off --development on --database-url-file "$ROOT/etc/clients/database-url" "$@"
  tokens
  local name
  for name in Adaeze Bola; do
    create_client "$name"
  done
  create_document CUST1000001 A01234567
  stop_services
  unset CLIENTS_JWT_HS256_SECRET
}
