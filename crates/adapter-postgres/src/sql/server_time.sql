-- The time by the clock of the server.
SELECT clock_timestamp() AS at;
