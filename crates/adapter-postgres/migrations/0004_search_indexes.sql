-- Indexes for what clients are looked up by besides their keys. Only additions; the release before does not notice.
--
-- Folded texts, because that is what a search compares; by code points, so that a beginning is a range of the index.
-- Building them keeps writers of client waiting, and readers not: about 9 seconds for 1,000,000 clients.

-- The number, and the order by it.
CREATE INDEX client_by_id ON client (id);
-- With the id, so that it is also the order by last name, and each page of it begins where the one before has ended.
CREATE INDEX client_by_last_name ON client (last_name_folded, id);
CREATE INDEX client_by_email ON client (email_folded);
CREATE INDEX client_by_phone ON client (phone);
CREATE INDEX client_by_identification ON client (identification_number_folded);
-- A branch and a state together, newest first. Whoever is asked for by one of them has an index of it alone.
CREATE INDEX client_by_branch_and_state ON client (branch, state, created_at, id) WHERE branch IS NOT NULL;
