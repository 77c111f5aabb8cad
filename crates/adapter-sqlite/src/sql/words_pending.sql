-- Returns whether the words of some clients are not in the index yet.
SELECT EXISTS (SELECT 1 FROM client_word_pending) AS pending;
