-- Opens a session. One whose id is there already stays as it is.
--
-- Parameters: $1 session_id, $2 actor, $3 actor_email, $4 permissions, $5 branch, $6 opened_at, $7 authenticated_at,
-- $8 last_seen, $9 ends_at, $10 issuer, $11 subject, $12 provider_session, $13 sealed.
INSERT INTO client_session (session_id, actor, actor_email, permissions, branch, opened_at, authenticated_at, last_seen,
    ends_at, issuer, subject, provider_session, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT ON CONSTRAINT client_session_pkey DO NOTHING;
