-- Records that a receiver has got an event, under whichever lease.
DELETE FROM client_delivery WHERE event_id = :event_id AND receiver = :receiver AND discarded_at IS NULL;
