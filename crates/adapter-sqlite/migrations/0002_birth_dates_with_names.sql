-- Look-alikes by name and date of birth are found by both, where many clients share a date that stands for an unknown one.
DROP INDEX client_by_birth_date;
CREATE INDEX client_by_birth_date ON client (birth_date, last_name_folded, id);
