-- Deletes the list of clients whose words are in the index now.
DELETE FROM client_word_pending;
