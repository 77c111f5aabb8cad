# A server as an administrator finds it.
start_postgresql
unset PGHOST PGUSER
