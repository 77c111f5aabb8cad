-- Returns whether clients can be read.
SELECT EXISTS (SELECT 1 FROM client) AS answers;
