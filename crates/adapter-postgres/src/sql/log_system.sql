-- The number that a primary and its standbys have in common, and no other server has.
SELECT system_identifier AS system FROM pg_control_system();
