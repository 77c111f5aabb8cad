start_database
echo "whsec_$(head -c 32 /dev/urandom | base64)" >"$ROOT/etc/clients/webhook-secret"
chmod 600 "$ROOT/etc/clients/webhook-secret"

# The release of the first block is the old one.
old_release_ends() {
  kill -TERM "$(head -n 1 "$BOOK/services")"
  sed -i 1d "$BOOK/services"
}
