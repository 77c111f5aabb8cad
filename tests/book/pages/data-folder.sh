# A service that has a client with a document.
client-service
tokens
create_client Adaeze
create_document CUST1000001 A01234567

# The database of "Setting it up", while no service uses the folder.
new_database() {
  stop_services
  start_database
}
