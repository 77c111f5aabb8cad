//! What a SQLSTATE means, in words for the operator of the service.

/// What a SQLSTATE means and what to do about it, for the codes that are about the server or its configuration.
pub(crate) fn words(code: &str) -> Option<&'static str> {
    Some(match code {
        "3D000" => {
            "there is no database of this name on the server; create it, or correct the name in the address"
        }
        "28000" => {
            "the server does not let this role in; allow it in pg_hba.conf, and give it the attribute LOGIN"
        }
        "28P01" => "the password is not the one of this role",
        "42501" => {
            "the role may not do this; run `client-service migrate` as the owner of the schema, give the role the \
             grants in docs/postgresql.md, and start with `--migrate off`"
        }
        "42P07" => {
            "a table is there already that a migration was to create; the database is another program's, or was put \
             back without its table _sqlx_migrations"
        }
        "42P01" | "42703" => {
            "the schema is not the one that this program needs; run `client-service migrate` as its owner"
        }
        "25006" => "the server is read-only: it is a standby, or was made so",
        "53100" => "the disk of the database is full",
        "53200" => "the server is out of memory",
        "53300" => "the server has no connection left; raise max_connections or lower --database-connections",
        "57P01" | "57P02" => "the server is shutting down",
        "57P03" => "the server is starting up or recovering",
        "57P04" => "the database was dropped",
        "58030" => "the server cannot read or write its files",
        _ => return None,
    })
}
