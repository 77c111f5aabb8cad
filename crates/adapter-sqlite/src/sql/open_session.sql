-- Opens a session. One whose id is there already stays as it is.
INSERT INTO client_session (session_id, actor, actor_email, permissions, branch, opened_at, authenticated_at, last_seen,
    ends_at, issuer, subject, provider_session, sealed)
VALUES (:session_id, :actor, :actor_email, :permissions, :branch, :opened_at, :authenticated_at, :last_seen,
    :ends_at, :issuer, :subject, :provider_session, :sealed)
ON CONFLICT (session_id) DO NOTHING;
