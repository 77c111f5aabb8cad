-- An exited client returns as a new application, which names its former record.
--
-- Expand only, and no row is written. A release before this one neither reads nor writes the column, and does not know the
-- claim on the former record. It never makes such a client; where it rejects one, or undoes the rejection, the trigger gives
-- the claim up, or takes it again.

-- Claims first, in the order of every commit: the other way round, a commit that waits for one table holds the other.
-- Every row that is there meets it: it met the narrower rule.
ALTER TABLE client_claim
    DROP CONSTRAINT client_claim_kind_known,
    ADD CONSTRAINT client_claim_kind_known CHECK (kind IN ('identification', 'email', 'phone', 'formerClient')) NOT VALID;

ALTER TABLE client
    ADD COLUMN former_client text COLLATE "C";
COMMENT ON COLUMN client.former_client IS 'The exited client that this one was before it returned; null for a new one. Written once.';
-- Every row that is there meets it: the column is new.
ALTER TABLE client
    ADD CONSTRAINT client_former_is_another CHECK (former_client <> client_key) NOT VALID;

DROP TRIGGER client_onboarded_for_good ON client;
CREATE TRIGGER client_onboarded_for_good AFTER UPDATE ON client
    FOR EACH ROW WHEN ((
        old.client_key, old.id, old.created_by, old.created_by_email, old.created_at, old.former_client
    ) IS DISTINCT FROM (
        new.client_key, new.id, new.created_by, new.created_by_email, new.created_at, new.former_client
    ))
    EXECUTE FUNCTION client_refuse_change();

CREATE FUNCTION client_claim_former() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.state = 5 THEN
        DELETE FROM client_claim
        WHERE kind = 'formerClient' AND digest = sha256(convert_to(new.former_client, 'UTF8'))
            AND client_key = new.client_key;
    ELSE
        INSERT INTO client_claim (kind, digest, client_key, exclusive)
        VALUES ('formerClient', sha256(convert_to(new.former_client, 'UTF8')), new.client_key, true)
        ON CONFLICT ON CONSTRAINT client_claim_pkey DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION client_claim_former() IS 'Claims the former record of a client whose rejection is undone, and gives it up for one that is rejected. A newer release has done so in the same statement.';
CREATE TRIGGER client_former_claimed AFTER UPDATE ON client
    FOR EACH ROW WHEN (new.former_client IS NOT NULL AND (old.state = 5) <> (new.state = 5))
    EXECUTE FUNCTION client_claim_former();
