-- Codes of reasons, with what they meant when they were given.
--
-- Expand only. A release before this one neither reads nor writes the new columns: its lines and reviews have no code. It
-- takes a document again that was rejected for good, and can approve it.

ALTER TABLE client_history
    ADD COLUMN reason_code text,
    ADD COLUMN reason_text text;
COMMENT ON COLUMN client_history.reason_code IS 'The code of the reason in the catalogue of the bank.';
COMMENT ON COLUMN client_history.reason_text IS 'What the code meant when it was given.';
-- Every row fits, so that no scan is needed that would hold up the commits.
ALTER TABLE client_history
    ADD CONSTRAINT client_history_reason_code_whole CHECK ((reason_code IS NULL) = (reason_text IS NULL)) NOT VALID;

ALTER TABLE client_document ADD COLUMN rejection jsonb;
COMMENT ON COLUMN client_document.rejection IS 'Why it was rejected, if a code was given: code, text, and whether it is final, so that the same document cannot be submitted again.';
ALTER TABLE client_address ADD COLUMN rejection jsonb;
COMMENT ON COLUMN client_address.rejection IS 'Why it was rejected, if a code was given: code and text.';

-- What was said of a rejection stays, too.
CREATE TRIGGER client_document_rejected_for_good BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (old.status = 2 AND old.rejection IS DISTINCT FROM new.rejection)
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_address_rejected_for_good BEFORE UPDATE ON client_address
    FOR EACH ROW WHEN (old.status = 2 AND old.rejection IS DISTINCT FROM new.rejection)
    EXECUTE FUNCTION client_refuse_change();
