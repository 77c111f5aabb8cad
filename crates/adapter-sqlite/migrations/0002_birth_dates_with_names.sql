-- Look-alikes by name and date of birth are found by both, where many clients share a date that stands for an unknown one.
-- With the other spelling of a name the clients of the date are compared in the index alone.
DROP INDEX client_by_birth_date;
CREATE INDEX client_by_birth_date ON client (birth_date, last_name_folded, last_name_passport, id);
