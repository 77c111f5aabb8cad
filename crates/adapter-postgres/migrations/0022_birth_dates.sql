-- The clients of one date of birth: few, where thousands share a last name. Look-alikes by name and date of birth are found
-- by it. With the id, so that it is also the order by date of birth.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_by_birth_date ON client (birth_date, id)
