-- Brings the words and the addresses of clients into the index, in place of those that it has of them. The clients that wait are
-- read first (CROSS): without statistics SQLite would read all clients, for they have an index with their texts.
INSERT OR REPLACE INTO client_word (rowid, search_text, address_folded)
SELECT c.id, c.search_text, c.address_folded FROM client_word_pending p CROSS JOIN client c ON c.id = p.id;
