SUBJECT=maker
head -c 32 /dev/urandom >"$ROOT/etc/clients/caller-hash-key"
