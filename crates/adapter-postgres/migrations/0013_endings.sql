-- More ways for a client to end: a blacklisted client exits, an application is withdrawn, and an abandoned one lapses.
--
-- Expand only: rows of the lifecycle. States, approvals and activations fit as before: a blacklisted client was approved, and
-- an application that ends counts as rejected. A release before this one shows the new events and never writes them.

INSERT INTO client_lifecycle_edge (from_state, action, to_state) VALUES
    (6, 'exit', 7),
    (3, 'withdraw', 5),
    (3, 'lapse', 5)
ON CONFLICT DO NOTHING;
