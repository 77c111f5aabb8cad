-- Brings the words of clients into the index, in place of those that it has of them.
INSERT OR REPLACE INTO client_word (rowid, search_text)
SELECT c.id, c.search_text FROM client_word_pending p JOIN client c ON c.id = p.id;
