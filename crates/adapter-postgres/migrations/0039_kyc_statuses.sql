-- The KYC status of each client with documents or addresses, as far as it was computed, so that a search for it reads an index.
--
-- Only additions. Triggers mark what a commit changes, also one of the release before, which knows nothing of it; the service
-- computes it anew. The next migration adds the clients that are there already.

CREATE TABLE client_kyc_status (
    client_key  text COLLATE "C" NOT NULL,
    changes     bigint NOT NULL,
    rule        bigint,
    status      smallint NOT NULL,
    holds_from  date NOT NULL,
    holds_until date NOT NULL,
    computed_at timestamptz NOT NULL,
    CONSTRAINT client_kyc_status_pkey PRIMARY KEY (client_key),
    CONSTRAINT client_kyc_status_possible CHECK (
        status BETWEEN 0 AND 5 AND (rule IS NULL OR status > 0) AND holds_from <= holds_until
    )
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
COMMENT ON TABLE client_kyc_status IS 'The KYC status of every client that has submitted a document or an address. One that was not computed since the last change, or by another rule, or for other days, is computed from the documents where it is asked for.';
COMMENT ON COLUMN client_kyc_status.client_key IS 'The client. A client without a row has submitted nothing.';
COMMENT ON COLUMN client_kyc_status.changes IS 'How many changes can have made another status. What was computed before the last one is not written.';
COMMENT ON COLUMN client_kyc_status.rule IS 'The digest of the requirements that the status was computed by; null if it has changed since.';
COMMENT ON COLUMN client_kyc_status.status IS 'The number of the KYC status; 0 before the first computation.';
COMMENT ON COLUMN client_kyc_status.holds_from IS 'The first day on which the status is this one, or -infinity.';
COMMENT ON COLUMN client_kyc_status.holds_until IS 'The last day on which the status is this one without a change, or infinity.';
COMMENT ON COLUMN client_kyc_status.computed_at IS 'When it was computed.';
CREATE INDEX client_kyc_status_by_status ON client_kyc_status (rule, status, holds_until, holds_from);
CREATE INDEX client_kyc_status_begun ON client_kyc_status (rule, holds_from) WHERE holds_from > '-infinity';

CREATE FUNCTION client_mark_kyc_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'client' THEN
        UPDATE client_kyc_status SET rule = NULL, changes = changes + 1 WHERE client_key = new.client_key;
    ELSE
        INSERT INTO client_kyc_status AS s
            (client_key, changes, rule, status, holds_from, holds_until, computed_at)
        VALUES (new.client_key, 1, NULL, 0, '-infinity', 'infinity', '-infinity')
        ON CONFLICT ON CONSTRAINT client_kyc_status_pkey DO UPDATE SET rule = NULL, changes = s.changes + 1;
    END IF;
    RETURN NULL;
END
$$;
-- With the rights of its owner: instances of the release before go on writing while a role of theirs may not yet write the
-- table. The search path is fixed, so that no other schema stands in for this one.
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION client_mark_kyc_status() SECURITY DEFINER SET search_path = %I, pg_temp', current_schema()
    );
END $$;
-- To fire a trigger takes no privilege, and to make one does: with it a role could write into these tables under any key.
REVOKE EXECUTE ON FUNCTION client_mark_kyc_status() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION client_renew_work() FROM PUBLIC;
COMMENT ON FUNCTION client_mark_kyc_status() IS 'Says that the KYC status of a client is to be computed anew. The commit holds the row of the client, so no two do so at once.';
-- The values that an approval is given for, and the type, which decides what is required.
CREATE TRIGGER client_kyc_status_changed AFTER UPDATE ON client
    FOR EACH ROW WHEN (
        (old.first_name, old.middle_name, old.last_name, old.birth_date, old.gender, old.identification_type,
            old.identification_number, old.address, old.city, old.region, old.country, old.customer_type)
        IS DISTINCT FROM
        (new.first_name, new.middle_name, new.last_name, new.birth_date, new.gender, new.identification_type,
            new.identification_number, new.address, new.city, new.region, new.country, new.customer_type)
    )
    EXECUTE FUNCTION client_mark_kyc_status();
CREATE TRIGGER client_document_kyc_status_added AFTER INSERT ON client_document
    FOR EACH ROW EXECUTE FUNCTION client_mark_kyc_status();
CREATE TRIGGER client_document_kyc_status_changed AFTER UPDATE ON client_document
    FOR EACH ROW WHEN (
        (old.kind, old.status, old.expires_on, old.verified) IS DISTINCT FROM (new.kind, new.status, new.expires_on, new.verified)
    )
    EXECUTE FUNCTION client_mark_kyc_status();
CREATE TRIGGER client_address_kyc_status_added AFTER INSERT ON client_address
    FOR EACH ROW EXECUTE FUNCTION client_mark_kyc_status();
CREATE TRIGGER client_address_kyc_status_changed AFTER UPDATE ON client_address
    FOR EACH ROW WHEN ((old.status, old.verified) IS DISTINCT FROM (new.status, new.verified))
    EXECUTE FUNCTION client_mark_kyc_status();
