-- Parts of an address, three letters at a time, as the index of words has those of the search text. Where the extension pg_trgm
-- is not installed there is neither, and every search still answers; this statement creates it later.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_by_address ON client USING gin (address_folded gin_trgm_ops)
