-- Reads the registered receivers in the order of their names.
SELECT name, types, since FROM client_receiver ORDER BY name;
