-- People who are signed in with a browser, and attempts to sign in.
--
-- Only additions: an instance of the release before knows no sessions.

CREATE TABLE client_session (
    session_id       bytea NOT NULL,
    actor            text COLLATE "C" NOT NULL,
    actor_email      text COLLATE "C",
    permissions      text[] COLLATE "C" NOT NULL,
    branch           text COLLATE "C",
    opened_at        timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    last_seen        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    issuer           text COLLATE "C",
    subject          text COLLATE "C",
    provider_session text COLLATE "C",
    sealed           bytea,
    CONSTRAINT client_session_pkey PRIMARY KEY (session_id),
    CONSTRAINT client_session_id_length CHECK (length(session_id) = 32),
    CONSTRAINT client_session_provider_whole CHECK (
        (issuer IS NULL) = (subject IS NULL) AND (provider_session IS NULL OR issuer IS NOT NULL)
    )
);
COMMENT ON TABLE client_session IS 'People who are signed in with a browser. Rows of ended sessions are deleted. A copy or a restored backup has none.';
COMMENT ON COLUMN client_session.session_id IS 'The SHA-256 of the value of the cookie, which is not stored.';
COMMENT ON COLUMN client_session.actor IS 'The id of the person; personal, as are all that follow up to branch.';
COMMENT ON COLUMN client_session.actor_email IS 'The e-mail address of the person, if known.';
COMMENT ON COLUMN client_session.permissions IS 'The permissions of the sign-in, as they are named in a token.';
COMMENT ON COLUMN client_session.branch IS 'The key of the branch of the person.';
COMMENT ON COLUMN client_session.opened_at IS 'When the session was opened.';
COMMENT ON COLUMN client_session.authenticated_at IS 'When the person authenticated.';
COMMENT ON COLUMN client_session.last_seen IS 'When the person was last seen, to within the interval of touches.';
COMMENT ON COLUMN client_session.ends_at IS 'When the session ends, however often the person is seen.';
COMMENT ON COLUMN client_session.issuer IS 'The identity provider.';
COMMENT ON COLUMN client_session.subject IS 'The person at the provider; personal.';
COMMENT ON COLUMN client_session.provider_session IS 'The session at the provider, where it names its sessions.';
COMMENT ON COLUMN client_session.sealed IS 'Encrypted by the program that opened the session.';
CREATE INDEX client_session_by_actor ON client_session (actor);
CREATE INDEX client_session_by_provider ON client_session (issuer, subject) WHERE issuer IS NOT NULL;
CREATE INDEX client_session_by_provider_session ON client_session (issuer, provider_session)
    WHERE provider_session IS NOT NULL;
CREATE INDEX client_session_by_end ON client_session (ends_at);

CREATE TABLE client_sign_in (
    attempt_id bytea NOT NULL,
    data       bytea NOT NULL,
    ends_at    timestamptz NOT NULL,
    CONSTRAINT client_sign_in_pkey PRIMARY KEY (attempt_id),
    CONSTRAINT client_sign_in_id_length CHECK (length(attempt_id) = 32)
);
COMMENT ON TABLE client_sign_in IS 'Attempts to sign in that wait for the answer of the identity provider. Each is taken once.';
COMMENT ON COLUMN client_sign_in.attempt_id IS 'The SHA-256 of the state of the request, which is not stored.';
COMMENT ON COLUMN client_sign_in.data IS 'What finishes the attempt, in a form of the program that began it.';
COMMENT ON COLUMN client_sign_in.ends_at IS 'When it is too late to finish it.';
CREATE INDEX client_sign_in_by_end ON client_sign_in (ends_at);
