-- Writes the id of the installation, if there is none.
INSERT INTO client_installation (installation_id) VALUES (:installation_id) ON CONFLICT (only_one) DO NOTHING;
