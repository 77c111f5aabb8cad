-- Receivers of events besides the one whose deliveries client_outbox records.
--
-- Only additions. A trigger adds the events of every commit to the queues of the receivers, also those of the release
-- before, which delivers from client_outbox and knows no other receiver.

CREATE TABLE client_receiver (
    name  text COLLATE "C" NOT NULL,
    types text[] COLLATE "C",
    since timestamptz NOT NULL,
    CONSTRAINT client_receiver_pkey PRIMARY KEY (name),
    CONSTRAINT client_receiver_not_default CHECK (name <> 'default')
);
COMMENT ON TABLE client_receiver IS 'Receivers of events besides the default one, whose deliveries are columns of client_outbox.';
COMMENT ON COLUMN client_receiver.name IS 'The name.';
COMMENT ON COLUMN client_receiver.types IS 'The kinds of the events that it gets; null for all of them.';
COMMENT ON COLUMN client_receiver.since IS 'When it was first registered: it gets the events of later commits.';

CREATE TABLE client_delivery (
    client_key   text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    event_id     text COLLATE "C" NOT NULL,
    receiver     text COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL,
    leased_until timestamptz,
    lease        bigint NOT NULL DEFAULT 0,
    failures     integer NOT NULL DEFAULT 0,
    cause        text COLLATE "C",
    status       smallint,
    buried_at    timestamptz,
    discarded_at timestamptz,
    CONSTRAINT client_delivery_pkey PRIMARY KEY (client_key, version, event_id, receiver),
    -- An event is not deleted while a receiver waits for it.
    CONSTRAINT client_delivery_event_fkey FOREIGN KEY (client_key, version, event_id) REFERENCES client_outbox,
    CONSTRAINT client_delivery_one_end CHECK (num_nonnulls(buried_at, discarded_at) <= 1),
    CONSTRAINT client_delivery_failures_counted CHECK (failures >= 0 AND (buried_at IS NULL OR failures > 0)),
    -- A CHECK that is null passes, so nothing here may come out null.
    CONSTRAINT client_delivery_cause_whole CHECK (
        coalesce(cause, 'refused') IN ('refused', 'timedOut', 'unreachable')
        AND (status IS NOT NULL) = (coalesce(cause, '') = 'refused')
        AND (buried_at IS NULL OR cause IS NOT NULL)
    )
);
COMMENT ON TABLE client_delivery IS 'Events that wait for a receiver besides the default one: a row each, which is deleted when the event was delivered.';
COMMENT ON COLUMN client_delivery.client_key IS 'The client of the event.';
COMMENT ON COLUMN client_delivery.version IS 'The version of the client: the order of delivery within one client and receiver.';
COMMENT ON COLUMN client_delivery.event_id IS 'The event.';
COMMENT ON COLUMN client_delivery.receiver IS 'The receiver.';
COMMENT ON COLUMN client_delivery.at IS 'The time of the event.';
COMMENT ON COLUMN client_delivery.leased_until IS 'When the event is free again for this receiver; null where it is free.';
COMMENT ON COLUMN client_delivery.lease IS 'How often the event was taken or settled for this receiver: the fence of late settlements.';
COMMENT ON COLUMN client_delivery.failures IS 'How many attempts to deliver it have failed, since it was written or last sent again.';
COMMENT ON COLUMN client_delivery.cause IS 'Why the last attempt failed, where one did: refused, timedOut or unreachable.';
COMMENT ON COLUMN client_delivery.status IS 'With which status it was refused.';
COMMENT ON COLUMN client_delivery.buried_at IS 'Since when it is a dead letter of this receiver, which holds back the later events of its client there.';
COMMENT ON COLUMN client_delivery.discarded_at IS 'When a person decided that this receiver never gets it.';

-- As the indexes of client_outbox, each within one receiver.
CREATE INDEX client_delivery_by_receiver ON client_delivery (receiver, client_key, version, event_id);
CREATE INDEX client_delivery_by_event ON client_delivery (event_id, receiver);
CREATE INDEX client_delivery_by_age ON client_delivery (receiver, at) WHERE buried_at IS NULL AND discarded_at IS NULL;
CREATE INDEX client_delivery_dead ON client_delivery (event_id, receiver) WHERE buried_at IS NOT NULL;

-- With the rights of its owner: instances of the release before go on writing while a role of theirs may not yet write the
-- queues. Every name has its schema, so that no other one stands in for it; a fixed search path would do too, and take
-- three times the time of a call where there is no receiver.
DO $$ BEGIN
    EXECUTE format($function$
        CREATE FUNCTION client_fan_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
        BEGIN
            INSERT INTO %1$I.client_delivery (client_key, version, event_id, receiver, at)
            SELECT e.client_key, e.version, e.event_id, r.name, e.at
            FROM %1$I.client_receiver r
            JOIN added e ON r.types IS NULL OR e.event OPERATOR(pg_catalog.=) ANY (r.types);
            RETURN NULL;
        END
        $body$
    $function$, current_schema());
END $$;
-- To fire a trigger takes no privilege, and to make one does: with it a role could write into the queues.
REVOKE EXECUTE ON FUNCTION client_fan_out() FROM PUBLIC;
COMMENT ON FUNCTION client_fan_out() IS 'Adds the events of a commit to the queue of each receiver that takes them. A version is committed after the one before it, so a receiver gets every event of a client from some version on.';
CREATE TRIGGER client_outbox_fanned_out AFTER INSERT ON client_outbox
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION client_fan_out();

-- Registers a receiver, or replaces its filter. A change waits for the commits that are writing events: a list of the
-- clients that is read after it holds what those commits wrote, and their later events are in the queue. Nothing of the time before
-- is left in the queue of a new receiver, so it gets all events of a client from some version on.
CREATE FUNCTION client_register_receiver(receiver_name text, wanted text[], at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM client_receiver r WHERE r.name = receiver_name AND r.types IS NOT DISTINCT FROM wanted
    ) THEN
        RETURN;
    END IF;
    LOCK TABLE client_outbox IN SHARE MODE;
    DELETE FROM client_delivery d
    WHERE d.receiver = receiver_name
        AND NOT EXISTS (SELECT 1 FROM client_receiver r WHERE r.name = receiver_name);
    INSERT INTO client_receiver AS r (name, types, since) VALUES (receiver_name, wanted, at)
    ON CONFLICT ON CONSTRAINT client_receiver_pkey DO UPDATE SET types = excluded.types;
END
$$;
COMMENT ON FUNCTION client_register_receiver(text, text[], timestamptz) IS 'Registers a receiver of events, or replaces its filter, after the commits that are writing events.';
