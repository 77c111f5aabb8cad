-- Writes a line of history.
INSERT INTO client_history (
    client_key, version, event, command, request_id, actor, actor_email, at, from_state, action, to_state, changed,
    reason, notes, transaction_reference, transaction_date, document_id, address_id, amendment_version,
    reason_code, reason_text, requested_documents
) VALUES (
    :client_key, :version, :event, :command, :request_id, :actor, :actor_email, :at, :from_state, :action, :to_state,
    :changed, :reason, :notes, :transaction_reference, :transaction_date, :document_id, :address_id,
    :amendment_version, :reason_code, :reason_text, :requested_documents
);
