-- Counts the rows of every table that a copy carries, and adds up what changes within rows.
SELECT 'client' AS name, count(*) AS number FROM client
UNION ALL SELECT 'client (versions)', coalesce(sum(version), 0)::bigint FROM client
UNION ALL SELECT 'client_address', count(*) FROM client_address
UNION ALL SELECT 'client_batch', count(*) FROM client_batch
UNION ALL SELECT 'client_batch (versions)', coalesce(sum(version), 0)::bigint FROM client_batch
UNION ALL SELECT 'client_batch_piece', count(*) FROM client_batch_piece
UNION ALL SELECT 'client_batch_piece (leases)', coalesce(sum(lease), 0)::bigint FROM client_batch_piece
UNION ALL SELECT 'client_batch_piece (stages)', coalesce(sum(stage), 0)::bigint FROM client_batch_piece
UNION ALL SELECT 'client_deleted_batch', count(*) FROM client_deleted_batch
UNION ALL SELECT 'client_claim', count(*) FROM client_claim
UNION ALL SELECT 'client_content_candidate', count(*) FROM client_content_candidate
UNION ALL SELECT 'client_delivery', count(*) FROM client_delivery
UNION ALL SELECT 'client_delivery (leases)', coalesce(sum(lease), 0)::bigint FROM client_delivery
UNION ALL SELECT 'client_document', count(*) FROM client_document
UNION ALL SELECT 'client_history', count(*) FROM client_history
UNION ALL SELECT 'client_history_value', count(*) FROM client_history_value
UNION ALL SELECT 'client_idempotency', count(*) FROM client_idempotency
UNION ALL SELECT 'client_outbox', count(*) FROM client_outbox
UNION ALL SELECT 'client_outbox (leases)', coalesce(sum(lease), 0)::bigint FROM client_outbox
UNION ALL SELECT 'client_outbox (open)', count(*) FROM client_outbox
    WHERE num_nonnulls(delivered_at, buried_at, discarded_at) = 0
UNION ALL SELECT 'client_receiver', count(*) FROM client_receiver
UNION ALL SELECT 'client_saved_view', count(*) FROM client_saved_view
UNION ALL SELECT 'client_export', count(*) FROM client_export
ORDER BY name;
