# Events that nobody has accepted in ten attempts.
start_database
fill_database
export CLIENTS_DATABASE_URL_FILE="$ROOT/etc/clients/database-url"
bury() {
  EVENT=$(psql --no-psqlrc -qAt --dbname=clients -c "UPDATE client_outbox SET failures = 10, cause = 'timedOut', buried_at = now()
    WHERE (client_key, version) IN (SELECT client_key, min(version) FROM client_outbox WHERE discarded_at IS NULL GROUP BY client_key LIMIT 1)
    RETURNING event_id")
}
registered() {
  psql --no-psqlrc -q --dbname=clients -c "INSERT INTO client_receiver (name, since) VALUES ('letters', now())"
}
