-- What a relay knows of an event besides whether it was delivered: failed attempts, dead letters, decisions.
--
-- Only additions: an instance of the release before neither sees them nor misses them. New columns have constant
-- defaults, which costs no rewriting of the table.

ALTER TABLE client_outbox
    ADD COLUMN lease        bigint NOT NULL DEFAULT 0,
    ADD COLUMN failures     integer NOT NULL DEFAULT 0,
    ADD COLUMN cause        text COLLATE "C",
    ADD COLUMN status       smallint,
    ADD COLUMN buried_at    timestamptz,
    ADD COLUMN discarded_at timestamptz,
    ADD CONSTRAINT client_outbox_one_end CHECK (num_nonnulls(delivered_at, buried_at, discarded_at) <= 1),
    ADD CONSTRAINT client_outbox_failures_counted CHECK (failures >= 0 AND (buried_at IS NULL OR failures > 0)),
    -- A CHECK that is null passes, so nothing here may come out null.
    ADD CONSTRAINT client_outbox_cause_whole CHECK (
        coalesce(cause, 'refused') IN ('refused', 'timedOut', 'unreachable')
        AND (status IS NOT NULL) = (coalesce(cause, '') = 'refused')
        AND (buried_at IS NULL OR cause IS NOT NULL)
    );

COMMENT ON COLUMN client_outbox.leased_until IS 'When the event is free again: a relay has it until then, or it waits for its next attempt; null where it is free.';
COMMENT ON COLUMN client_outbox.lease IS 'How often the event was taken or settled. A relay shows the number it took it under, so that what it says too late changes nothing.';
COMMENT ON COLUMN client_outbox.failures IS 'How many attempts to deliver it have failed, since it was written or last sent again.';
COMMENT ON COLUMN client_outbox.cause IS 'Why the last attempt failed, where one did: refused, timedOut or unreachable.';
COMMENT ON COLUMN client_outbox.status IS 'With which status it was refused.';
COMMENT ON COLUMN client_outbox.buried_at IS 'Since when it is a dead letter, which nobody tries any more and which holds back the later events of its client.';
COMMENT ON COLUMN client_outbox.discarded_at IS 'When somebody decided that it is not to be delivered at all, so that the later ones go on.';

-- From one client with something to deliver to the next, and each client's events in order: a relay steps over a client
-- that waits with one look into the index, however much has gathered behind.
CREATE INDEX client_outbox_open ON client_outbox (client_key, version, event_id)
    WHERE delivered_at IS NULL AND discarded_at IS NULL;
CREATE INDEX client_outbox_dead ON client_outbox (event_id) WHERE buried_at IS NOT NULL;
CREATE INDEX client_outbox_by_delivery ON client_outbox (delivered_at) WHERE delivered_at IS NOT NULL;

CREATE TRIGGER client_outbox_discarded_for_good BEFORE UPDATE ON client_outbox
    FOR EACH ROW WHEN (old.discarded_at IS NOT NULL)
    EXECUTE FUNCTION client_refuse_change();
