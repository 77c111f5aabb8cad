-- Events for the plans of receivers: many that a receiver which is away has not got, a few that wait for another one, and what a
-- forgotten one has left behind.
SET session_replication_role = replica;
INSERT INTO client_receiver (name, since) VALUES ('plan-away', '2026-01-05Z'), ('plan-crm', '2026-01-05Z');
INSERT INTO client_outbox (client_key, version, event_id, event, at, data, delivered_at)
SELECT md5('old-' || n % 7000), n, 'old-' || n, 'ClientUpdated', TIMESTAMPTZ '2020-01-01Z', '{}',
    TIMESTAMPTZ '2020-01-01Z' + n * INTERVAL '1 second'
FROM generate_series(1, 30000) n;
INSERT INTO client_delivery (client_key, version, event_id, receiver, at)
SELECT client_key, version, event_id, 'plan-away', at FROM client_outbox WHERE event_id LIKE 'old-%';
INSERT INTO client_delivery (client_key, version, event_id, receiver, at)
SELECT client_key, version, event_id, 'plan-gone', at FROM client_outbox WHERE event_id LIKE 'old-%' AND version <= 3000;
INSERT INTO client_outbox (client_key, version, event_id, event, at, data)
SELECT md5('crm-' || n % 100), n, 'crm-' || n, CASE n WHEN 1 THEN '? unreadable' ELSE 'ClientUpdated' END,
    TIMESTAMPTZ '2026-01-05Z', '{}'
FROM generate_series(1, 300) n;
INSERT INTO client_delivery (client_key, version, event_id, receiver, at)
SELECT client_key, version, event_id, 'plan-crm', at FROM client_outbox WHERE event_id LIKE 'crm-%';
RESET session_replication_role;
ANALYZE client_receiver, client_outbox, client_delivery;
