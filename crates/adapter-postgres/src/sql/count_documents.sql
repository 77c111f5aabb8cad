-- The number of documents.
SELECT count(*) AS documents FROM client_document;
