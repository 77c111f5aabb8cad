-- Returns whether the schema exists, whether this role may read its version, and whether a copy into it is unfinished.
SELECT to_regclass('client') IS NOT NULL AS present,
    coalesce(has_table_privilege(to_regclass('_sqlx_migrations')::oid, 'SELECT'), false) AS readable,
    to_regclass('client_copy') IS NOT NULL AS copying;
