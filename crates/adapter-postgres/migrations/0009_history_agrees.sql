-- A client and its history agree: each version of a client has its line, written in the same transaction, and no line is
-- written without its version.
--
-- Only additions, and nothing reads what is there already. A release before this one writes client and line in one statement
-- as well, and passes. A migration or a person who writes clients past the service writes the line too, or is the owner and
-- switches the triggers off.

CREATE FUNCTION client_refuse_version_without_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM client_history h WHERE h.client_key = new.client_key AND h.version = new.version
    ) THEN
        -- Without the row: what it holds does not belong into a log.
        RAISE EXCEPTION 'a version of a client has no line of history'
            USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION client_refuse_version_without_line() IS 'Refuses a version of a client whose line of history is missing at the end of the transaction.';

CREATE FUNCTION client_refuse_line_without_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM client c WHERE c.client_key = new.client_key AND c.version = new.version
    ) THEN
        RAISE EXCEPTION 'a line of history is not of the version of its client'
            USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION client_refuse_line_without_version() IS 'Refuses a line of history whose client is not at its version at the end of the transaction.';

-- Versions only go up, one by one, and lines stay. So a line that is there for a new version was written with it: before,
-- it would have been one without its version.
CREATE TRIGGER client_version_by_one AFTER UPDATE ON client
    FOR EACH ROW WHEN (new.version <> old.version + 1)
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_onboarded_for_good AFTER UPDATE ON client
    FOR EACH ROW WHEN ((
        old.client_key, old.id, old.birth_date, old.gender, old.identification_type, old.identification_number,
        old.customer_type, old.branch, old.created_by, old.created_by_email, old.created_at
    ) IS DISTINCT FROM (
        new.client_key, new.id, new.birth_date, new.gender, new.identification_type, new.identification_number,
        new.customer_type, new.branch, new.created_by, new.created_by_email, new.created_at
    ))
    EXECUTE FUNCTION client_refuse_change();

CREATE CONSTRAINT TRIGGER client_version_has_line AFTER INSERT OR UPDATE ON client
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION client_refuse_version_without_line();
CREATE CONSTRAINT TRIGGER client_history_line_has_version AFTER INSERT ON client_history
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION client_refuse_line_without_version();
