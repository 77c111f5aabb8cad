-- Dates of birth in their order, each with the spellings of the last name: of the many clients that share a date which stands for
-- an unknown one, look-alikes are found in the index.
DROP INDEX client_by_birth_date;
CREATE INDEX client_by_birth_date ON client (birth_date, id, last_name_folded, last_name_passport);
