-- Records what became of an event of a receiver that was not delivered, under the lease of the event, and ends the lease.
UPDATE client_delivery SET
    leased_until = :leased_until,
    buried_at = :buried_at,
    failures = failures + (:cause IS NOT NULL),
    cause = coalesce(:cause, cause),
    status = CASE WHEN :cause IS NULL THEN status ELSE :status END,
    lease = lease + 1
WHERE event_id = :event_id AND receiver = :receiver AND discarded_at IS NULL AND lease = :lease;
