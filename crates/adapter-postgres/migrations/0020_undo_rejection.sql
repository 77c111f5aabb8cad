-- A rejection can be undone, so it keeps the makers of the client: they do not approve it afterwards.
--
-- Expand only, and no row is written. A release before this one shows the new event and never writes it. What it rejects has
-- no makers in its row; the history has them, and the reads of this release look there.

INSERT INTO client_lifecycle_edge (from_state, action, to_state) VALUES
    (5, 'undoReject', 3)
ON CONFLICT DO NOTHING;

-- The bit of an event; 0 if its actor is no maker.
CREATE OR REPLACE FUNCTION client_touch(event text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE event
        WHEN 'ClientCreated' THEN 1
        WHEN 'ClientApprovalRequested' THEN 2
        WHEN 'ClientRejectionUndone' THEN 2
        WHEN 'ClientUpdated' THEN 4
        WHEN 'ClientCorrected' THEN 4
        WHEN 'AmendmentProposed' THEN 4
        WHEN 'AmendmentWithdrawn' THEN 4
        WHEN 'KycDocumentSubmitted' THEN 8
        WHEN 'KycDocumentReplaced' THEN 8
        WHEN 'AddressSubmitted' THEN 16
        WHEN 'ClientBlacklisted' THEN 32
        WHEN 'ClientBlacklistRemoved' THEN 64
        ELSE 0
    END
$$;

-- As before, but that only an approval empties the makers.
CREATE OR REPLACE FUNCTION client_refuse_own_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told    boolean := new.makers_version = new.version;
    persons text[] := ARRAY[client_person(new.approval_by)];
    decided bigint;
    makers  jsonb := old.makers;
BEGIN
    -- A release that does not know the column leaves in it what was there before.
    IF told THEN
        persons := persons || new.approval_by_normal;
    END IF;
    IF told AND EXISTS (
        SELECT FROM jsonb_array_elements(new.makers) m
        WHERE m ->> 0 = new.approval_by_normal AND (m ->> 1)::integer & 128 <> 0
    ) THEN
        RETURN new;
    END IF;
    IF old.makers_version < old.version THEN
        SELECT max(h.version) INTO decided FROM client_history h
        WHERE h.client_key = old.client_key AND h.version > old.makers_version AND h.version <= old.version
            AND h.event = 'ClientApproved';
        IF decided IS NOT NULL THEN
            makers := '[]';
        END IF;
    END IF;
    IF jsonb_array_length(makers) >= 200
        OR EXISTS (
            SELECT FROM jsonb_array_elements(makers) m
            WHERE m ->> 0 = ANY (persons) OR client_person(m ->> 0) = ANY (persons)
        )
        OR EXISTS (
            SELECT FROM client_history h
            WHERE h.client_key = old.client_key AND h.version > coalesce(decided, old.makers_version)
                AND h.version <= old.version AND client_touch(h.event) > 0 AND client_person(h.actor) = ANY (persons)
        )
    THEN
        -- Without the row: what it holds does not belong into a log.
        RAISE EXCEPTION 'a client is not approved by a maker of it'
            USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN new;
END
$$;
COMMENT ON FUNCTION client_refuse_own_approval() IS 'Refuses an approval by a person who has touched the client since its last approval.';
