-- Reads what the event that gave a client its version was, and the state that it left.
SELECT h.event, h.from_state FROM client_history h WHERE h.client_key = :client_key AND h.version = :version;
