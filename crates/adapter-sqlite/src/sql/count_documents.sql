-- Counts the documents.
SELECT count(*) AS documents FROM client_document;
