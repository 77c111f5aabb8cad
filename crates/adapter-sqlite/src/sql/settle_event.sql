-- Records what became of an event. A delivery counts under any lease; everything else counts under the lease of its
-- event, and ends it, so that no lease of a dead letter remains.
UPDATE client_outbox SET
    delivered_at = :delivered_at,
    leased_until = :leased_until,
    buried_at = :buried_at,
    failures = failures + (:cause IS NOT NULL),
    cause = coalesce(:cause, cause),
    status = CASE WHEN :cause IS NULL THEN status ELSE :status END,
    lease = lease + 1
WHERE event_id = :event_id AND delivered_at IS NULL AND discarded_at IS NULL
    AND (:delivered_at IS NOT NULL OR lease = :lease);
