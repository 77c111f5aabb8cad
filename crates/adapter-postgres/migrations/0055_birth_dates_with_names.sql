-- Dates of birth in their order, each with the last name: look-alikes by name and date of birth are found by both, where
-- many clients share a date that stands for an unknown one. It takes the place of client_by_birth_date.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_by_birth_date_and_name ON client (birth_date, last_name_folded, id)
