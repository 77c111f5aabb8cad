-- The clients whose former names are to be taken from the history. The migration after this one adds those that an earlier release has
-- renamed, and soon after there are none.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_former_names_unknown ON client (client_key)
    WHERE former_names IS NULL
