-- What a database has in common with its copies on standbys, and with no other: the number of its server, and its own there.
SELECT system_identifier AS system, (SELECT oid FROM pg_database WHERE datname = current_database())::bigint AS database
FROM pg_control_system();
