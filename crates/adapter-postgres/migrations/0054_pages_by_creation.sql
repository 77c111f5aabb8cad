-- The moments of creation in each 64 pages of the table, so that words and parts of texts are looked for among the newest clients
-- first: the index of letters says on which pages they are, and this one, which of those pages have new clients. It has a few
-- hundred kilobytes for 7,000,000 clients, and a new client adds nothing to it as a rule.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_pages_by_creation ON client USING brin (created_at)
    WITH (pages_per_range = 64, autosummarize = on)
