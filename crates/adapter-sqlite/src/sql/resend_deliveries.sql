-- Makes dead letters of a receiver free again: one, those of a client, or all. A name that is null is any. The plus keeps the
-- statement from reading all that waits for the receiver, in the index of receivers.
UPDATE client_delivery SET buried_at = NULL, leased_until = NULL, failures = 0, lease = lease + 1
WHERE buried_at IS NOT NULL AND +receiver = :receiver
    AND event_id = coalesce(:event_id, event_id) AND client_key = coalesce(:client_key, client_key);
