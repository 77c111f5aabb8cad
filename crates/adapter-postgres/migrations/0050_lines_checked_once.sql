-- A line of history is checked once, at the end of its transaction: its client is at its version, and its action is an edge
-- of the lifecycle. Two foreign keys checked the same for every line, and each locked the row that it found: the client that was
-- just written, and the one edge that all creations share (decision 113).
--
-- What the foreign keys refused besides, two triggers refuse: a client and an edge of the lifecycle are never deleted. The
-- release before writes as it did.

CREATE OR REPLACE FUNCTION client_refuse_line_without_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM client c WHERE c.client_key = new.client_key AND c.version = new.version
            AND (new.action IS NULL OR EXISTS (
                SELECT FROM client_lifecycle_edge e
                WHERE e.from_state = new.from_state AND e.action = new.action AND e.to_state = new.to_state
            ))
    ) THEN
        RAISE EXCEPTION 'a line of history is not of the version of its client, or no edge of the lifecycle'
            USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION client_refuse_line_without_version() IS 'Refuses a line of history whose client is not at its version at the end of the transaction, or whose action is no edge of the lifecycle.';

CREATE TRIGGER client_kept BEFORE DELETE OR TRUNCATE ON client
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_lifecycle_edge_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON client_lifecycle_edge
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();

ALTER TABLE client_history DROP CONSTRAINT client_history_client_fkey, DROP CONSTRAINT client_history_edge_fkey;

-- Where there is no receiver, the events of a commit cost a look at an empty table, and no statement is set up for them.
DO $$ BEGIN
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION client_fan_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
        BEGIN
            IF EXISTS (SELECT FROM %1$I.client_receiver) THEN
                INSERT INTO %1$I.client_delivery (client_key, version, event_id, receiver, at)
                SELECT e.client_key, e.version, e.event_id, r.name, e.at
                FROM %1$I.client_receiver r
                JOIN added e ON r.types IS NULL OR e.event OPERATOR(pg_catalog.=) ANY (r.types);
            END IF;
            RETURN NULL;
        END
        $body$
    $function$, current_schema());
END $$;
