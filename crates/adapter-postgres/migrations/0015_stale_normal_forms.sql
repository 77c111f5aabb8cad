-- The clients whose normal forms are to be recomputed. It holds all of them after the migration before this one, and none
-- soon after. Its condition is the one of the statement that looks for them, with the number of the normal form.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_stale_normal_form ON client (client_key)
    WHERE normal_form < 2 OR normal_form_version <> version
