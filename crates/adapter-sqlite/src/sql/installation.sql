-- Reads the id of the installation.
SELECT installation_id FROM client_installation;
