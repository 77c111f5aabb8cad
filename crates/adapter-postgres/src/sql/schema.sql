-- Returns whether the schema exists, and whether this role may read its version.
SELECT to_regclass('client') IS NOT NULL AS present,
    coalesce(has_table_privilege(to_regclass('_sqlx_migrations')::oid, 'SELECT'), false) AS readable;
