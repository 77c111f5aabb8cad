-- Deletes an event that every receiver has got.
DELETE FROM client_outbox WHERE client_key = :client_key AND version = :version AND event_id = :event_id;
