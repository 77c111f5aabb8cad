-- What waits for people, and who is at it.
--
-- Only additions. Triggers keep the queue in step with every commit, also with those of the release before, which knows
-- nothing of it. The next migration fills in what waits already.

CREATE TABLE client_work_item (
    client_key text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    item_id    text COLLATE "C" NOT NULL,
    since      timestamptz NOT NULL,
    branch     text COLLATE "C",
    CONSTRAINT client_work_item_pkey PRIMARY KEY (client_key, kind, item_id)
);
COMMENT ON TABLE client_work_item IS 'What waits for a decision or for a successor, one row for each item: a copy of client_waiting that triggers keep, so that a page of the queue is a range of an index.';
COMMENT ON COLUMN client_work_item.client_key IS 'The client.';
COMMENT ON COLUMN client_work_item.kind IS 'What is to do: Approval, Document, Address, Amendment or Expiring.';
COMMENT ON COLUMN client_work_item.item_id IS 'The id of the item within its client; empty for the client itself.';
COMMENT ON COLUMN client_work_item.since IS 'Since when it waits; of a document that expires soon, the beginning of its last day in UTC.';
COMMENT ON COLUMN client_work_item.branch IS 'The branch of the client.';
CREATE INDEX client_work_item_by_age ON client_work_item (kind, since, client_key, item_id);
CREATE INDEX client_work_item_by_branch ON client_work_item (branch, kind, since, client_key, item_id)
    WHERE branch IS NOT NULL;

-- The definition, as the domain has it (Client::waiting); a test compares them.
CREATE VIEW client_waiting AS
    SELECT c.client_key, 'Approval' COLLATE "C" AS kind, '' COLLATE "C" AS item_id, c.approval_at AS since, c.branch
    FROM client c WHERE c.approval = 'Pending'
    UNION ALL
    SELECT d.client_key, 'Document', d.document_id, d.submitted_at, c.branch
    FROM client_document d JOIN client c ON c.client_key = d.client_key
    WHERE d.status = 0 AND c.state IN (1, 3, 4)
    UNION ALL
    SELECT a.client_key, 'Address', a.address_id, a.submitted_at, c.branch
    FROM client_address a JOIN client c ON c.client_key = a.client_key
    WHERE a.status = 0 AND c.state IN (1, 3, 4)
    UNION ALL
    SELECT c.client_key, 'Amendment', c.client_key || '.' || (m ->> 'version'), (m ->> 'at')::timestamptz, c.branch
    FROM client c CROSS JOIN LATERAL jsonb_array_elements(c.amendments) m
    WHERE c.state IN (1, 4) AND c.amendments <> '[]'
    UNION ALL
    SELECT d.client_key, 'Expiring', d.document_id, d.expires_on::timestamp AT TIME ZONE 'UTC', c.branch
    FROM client_document d JOIN client c ON c.client_key = d.client_key
    WHERE d.status = 1 AND d.notice = 1 AND c.state IN (1, 3, 4);
COMMENT ON VIEW client_waiting IS 'What waits for people, computed from the clients.';

CREATE FUNCTION client_renew_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT w.client_key, w.kind, w.item_id, w.since, w.branch FROM client_waiting w WHERE w.client_key = new.client_key;
    RETURN NULL;
END
$$;
-- With the rights of its owner: instances of the release before go on writing while a role of theirs may not yet write the
-- queue. The search path is fixed, so that no other schema stands in for this one.
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION client_renew_work() SECURITY DEFINER SET search_path = %I, pg_temp', current_schema()
    );
END $$;
COMMENT ON FUNCTION client_renew_work() IS 'Computes anew what of a client waits. The commit holds the row of the client, so no two do so at once.';
CREATE TRIGGER client_work_added AFTER INSERT ON client
    FOR EACH ROW WHEN (new.approval = 'Pending' OR new.amendments <> '[]')
    EXECUTE FUNCTION client_renew_work();
CREATE TRIGGER client_work_changed AFTER UPDATE ON client
    FOR EACH ROW WHEN (
        (old.state, old.approval, old.approval_at, old.amendments, old.branch)
        IS DISTINCT FROM (new.state, new.approval, new.approval_at, new.amendments, new.branch)
    )
    EXECUTE FUNCTION client_renew_work();
CREATE TRIGGER client_document_work_added AFTER INSERT ON client_document
    FOR EACH ROW WHEN (new.status = 0 OR new.notice = 1)
    EXECUTE FUNCTION client_renew_work();
CREATE TRIGGER client_document_work_changed AFTER UPDATE ON client_document
    FOR EACH ROW WHEN ((old.status, old.notice) IS DISTINCT FROM (new.status, new.notice))
    EXECUTE FUNCTION client_renew_work();
CREATE TRIGGER client_address_work_added AFTER INSERT ON client_address
    FOR EACH ROW WHEN (new.status = 0)
    EXECUTE FUNCTION client_renew_work();
CREATE TRIGGER client_address_work_changed AFTER UPDATE ON client_address
    FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status)
    EXECUTE FUNCTION client_renew_work();

CREATE TABLE client_work_claim (
    client_key    text COLLATE "C" NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    item_id       text COLLATE "C" NOT NULL,
    held_by       text COLLATE "C" NOT NULL,
    held_by_email text COLLATE "C",
    held_until    timestamptz NOT NULL,
    CONSTRAINT client_work_claim_pkey PRIMARY KEY (client_key, kind, item_id)
);
COMMENT ON TABLE client_work_claim IS 'Who is at an item of the queue: leases of minutes, which refuse no decision.';
COMMENT ON COLUMN client_work_claim.client_key IS 'The client.';
COMMENT ON COLUMN client_work_claim.kind IS 'What is to do.';
COMMENT ON COLUMN client_work_claim.item_id IS 'The id of the item within its client; empty for the client itself.';
COMMENT ON COLUMN client_work_claim.held_by IS 'The id of the person.';
COMMENT ON COLUMN client_work_claim.held_by_email IS 'The e-mail address of that person, if known.';
COMMENT ON COLUMN client_work_claim.held_until IS 'When the claim ends.';
CREATE INDEX client_work_claim_by_end ON client_work_claim (held_until);
