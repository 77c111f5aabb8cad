-- Writes the id of the installation, if there is none.
--
-- Parameters: $1 installation_id.
INSERT INTO client_installation (installation_id) VALUES ($1)
ON CONFLICT ON CONSTRAINT client_installation_pkey DO NOTHING;
