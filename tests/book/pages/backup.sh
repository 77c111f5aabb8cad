# A database with clients, and their files in a folder.
start_database
unset PGHOST PGUSER

bank_with_files() { fill_database --documents "$ROOT/var/lib/clients/documents"; }

contents() {
  psql --no-psqlrc -At --dbname=clients -c 'TABLE client ORDER BY id' -c 'TABLE client_history ORDER BY 1, 2' -c 'TABLE client_document'
}

lose_everything() {
  contents >"$BOOK/contents"
  psql --no-psqlrc --quiet --dbname=postgres -c 'DROP DATABASE clients'
  rm -r "$ROOT/var/lib/clients/documents"
}

archive_on_another_disk() {
  cmp "$BOOK/contents" <(contents)
  mkdir "$ROOT/mnt/archive"
}

# A client that is lost with the mistake, and the mistake.
something_goes_wrong() {
  contents >"$BOOK/contents"
  psql --no-psqlrc --quiet --dbname=clients -c 'DROP TABLE client_address CASCADE' -c 'SELECT pg_switch_wal()' >/dev/null
}

what_was_before_is_there() { cmp "$BOOK/contents" <(contents); }
