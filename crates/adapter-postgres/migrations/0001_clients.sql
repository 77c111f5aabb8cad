-- Clients, what they claim, what happened to them, and what other systems are to be told.
--
-- Rows of client, history and outbox lead with the client's key in their primary keys; claims, numbers and outcomes
-- lead with what they make unique. So each table can be spread over machines by its first key column as it is.
-- Every text is COLLATE "C": compared and sorted by code points, on every platform and in every version alike.

CREATE TABLE client_lifecycle_edge (
    from_state smallint NOT NULL,
    action     text COLLATE "C" NOT NULL,
    to_state   smallint NOT NULL,
    CONSTRAINT client_lifecycle_edge_pkey PRIMARY KEY (from_state, action, to_state)
);
COMMENT ON TABLE client_lifecycle_edge IS 'The legal changes of state, seeded from the table of the domain; a line of history that is none is refused.';
COMMENT ON COLUMN client_lifecycle_edge.from_state IS 'The state before, by its number; 0 before a creation.';
COMMENT ON COLUMN client_lifecycle_edge.action IS 'What is done.';
COMMENT ON COLUMN client_lifecycle_edge.to_state IS 'The state after, by its number.';

-- A copy of what the domain writes; a test compares the rows.
INSERT INTO client_lifecycle_edge (from_state, action, to_state) VALUES
    (0, 'create', 3),
    (3, 'approve', 4),
    (3, 'reject', 5),
    (4, 'activate', 1),
    (4, 'blacklist', 6),
    (1, 'blacklist', 6),
    (6, 'undoBlacklist', 3),
    (4, 'exit', 7),
    (1, 'exit', 7)
ON CONFLICT DO NOTHING;

CREATE TABLE client (
    client_key                   text COLLATE "C" NOT NULL,
    id                           bigint NOT NULL,
    version                      bigint NOT NULL,
    state                        smallint NOT NULL,
    first_name                   text COLLATE "C" NOT NULL,
    middle_name                  text COLLATE "C",
    last_name                    text COLLATE "C" NOT NULL,
    email                        text COLLATE "C" NOT NULL,
    phone                        text COLLATE "C" NOT NULL,
    address                      text COLLATE "C" NOT NULL,
    city                         text COLLATE "C" NOT NULL,
    region                       text COLLATE "C" NOT NULL,
    country                      text COLLATE "C" NOT NULL,
    marital_status               smallint,
    account_officer              bigint,
    birth_date                   date NOT NULL,
    gender                       text COLLATE "C" NOT NULL,
    identification_type          text COLLATE "C" NOT NULL,
    identification_number        text COLLATE "C" NOT NULL,
    customer_type                text COLLATE "C" NOT NULL,
    branch                       text COLLATE "C",
    approval                     text COLLATE "C",
    approval_by                  text COLLATE "C",
    approval_by_email            text COLLATE "C",
    approval_at                  timestamptz,
    activated_at                 timestamptz,
    activations                  text[] COLLATE "C" NOT NULL,
    created_by                   text COLLATE "C" NOT NULL,
    created_by_email             text COLLATE "C",
    created_at                   timestamptz NOT NULL,
    modified_at                  timestamptz NOT NULL,
    first_name_folded            text COLLATE "C" NOT NULL,
    middle_name_folded           text COLLATE "C",
    last_name_folded             text COLLATE "C" NOT NULL,
    full_name_folded             text COLLATE "C" NOT NULL,
    email_folded                 text COLLATE "C" NOT NULL,
    address_folded               text COLLATE "C" NOT NULL,
    city_folded                  text COLLATE "C" NOT NULL,
    region_folded                text COLLATE "C" NOT NULL,
    country_folded               text COLLATE "C" NOT NULL,
    identification_type_folded   text COLLATE "C" NOT NULL,
    identification_number_folded text COLLATE "C" NOT NULL,
    search_text                  text COLLATE "C" NOT NULL,
    CONSTRAINT client_pkey PRIMARY KEY (client_key),
    CONSTRAINT client_key_length CHECK (length(client_key) BETWEEN 1 AND 64),
    CONSTRAINT client_id_positive CHECK (id > 0),
    CONSTRAINT client_version_positive CHECK (version > 0),
    CONSTRAINT client_state_known CHECK (state IN (1, 3, 4, 5, 6, 7)),
    CONSTRAINT client_choices_known CHECK (
        gender IN ('Male', 'Female', 'Other')
        AND customer_type IN ('Individual', 'Corporate')
        AND (marital_status IS NULL OR marital_status BETWEEN 1 AND 4)
        AND length(country) = 2
    ),
    -- A CHECK that is null passes, so nothing here may come out null.
    CONSTRAINT client_approval_whole CHECK (
        (approval IS NULL) = (approval_by IS NULL)
        AND (approval IS NULL) = (approval_at IS NULL)
        AND (approval_by_email IS NULL OR approval_by IS NOT NULL)
    ),
    CONSTRAINT client_approval_fits_state CHECK (
        CASE state
            WHEN 3 THEN coalesce(approval, 'Pending') = 'Pending'
            WHEN 5 THEN coalesce(approval, '') = 'Rejected'
            ELSE coalesce(approval, '') = 'Approved'
        END
    ),
    CONSTRAINT client_activation_fits_state CHECK (
        CASE state
            WHEN 1 THEN activated_at IS NOT NULL
            WHEN 6 THEN true
            WHEN 7 THEN true
            ELSE activated_at IS NULL
        END
    ),
    CONSTRAINT client_modified_after_creation CHECK (modified_at >= created_at)
);
CREATE INDEX client_by_creation ON client (created_at, id);
CREATE INDEX client_by_state ON client (state, created_at, id);
CREATE INDEX client_by_branch ON client (branch, created_at, id) WHERE branch IS NOT NULL;

COMMENT ON TABLE client IS 'The clients as they are now. Together with the history the only place of personal data in plain.';
COMMENT ON COLUMN client.client_key IS 'The key towards other systems; it never changes.';
COMMENT ON COLUMN client.id IS 'The running number, which client_number keeps unique; it never changes.';
COMMENT ON COLUMN client.version IS 'How often the client has been written; every write names the version it has read.';
COMMENT ON COLUMN client.state IS 'Where the client stands: 1 active, 3 pending approval, 4 approved, 5 rejected, 6 blacklisted, 7 exited.';
COMMENT ON COLUMN client.first_name IS 'The first name. Personal.';
COMMENT ON COLUMN client.middle_name IS 'The middle name, for clients who have one. Personal.';
COMMENT ON COLUMN client.last_name IS 'The last name. Personal.';
COMMENT ON COLUMN client.email IS 'The e-mail address. Personal.';
COMMENT ON COLUMN client.phone IS 'The phone number: digits, perhaps after a plus. Personal.';
COMMENT ON COLUMN client.address IS 'Street, house, flat. Personal.';
COMMENT ON COLUMN client.city IS 'Town or city. Personal.';
COMMENT ON COLUMN client.region IS 'State, province or region. Personal.';
COMMENT ON COLUMN client.country IS 'The country, by its code of two letters (ISO 3166-1).';
COMMENT ON COLUMN client.marital_status IS 'The marital status, where it is known: 1 single, 2 married, 3 divorced, 4 widowed. Personal.';
COMMENT ON COLUMN client.account_officer IS 'The number of the officer who looks after the client.';
COMMENT ON COLUMN client.birth_date IS 'The day of birth. Personal.';
COMMENT ON COLUMN client.gender IS 'The gender in the papers. Personal.';
COMMENT ON COLUMN client.identification_type IS 'The kind of the identifying paper. Personal.';
COMMENT ON COLUMN client.identification_number IS 'The number of the identifying paper. Personal.';
COMMENT ON COLUMN client.customer_type IS 'Person or company.';
COMMENT ON COLUMN client.branch IS 'The key of the branch the client belongs to.';
COMMENT ON COLUMN client.approval IS 'How far the review has come; null before anybody has asked.';
COMMENT ON COLUMN client.approval_by IS 'The id of whoever took the last step of the review.';
COMMENT ON COLUMN client.approval_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client.approval_at IS 'When the last step of the review was taken.';
COMMENT ON COLUMN client.activated_at IS 'When the client last became active, if it has since its last review.';
COMMENT ON COLUMN client.activations IS 'The references of the transactions that activated the client, oldest first.';
COMMENT ON COLUMN client.created_by IS 'The id of whoever onboarded the client.';
COMMENT ON COLUMN client.created_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client.created_at IS 'When the client was onboarded.';
COMMENT ON COLUMN client.modified_at IS 'When the client was last written.';
COMMENT ON COLUMN client.first_name_folded IS 'first_name as the domain folds it, without case and accents, to sort by. Personal, as are all that follow.';
COMMENT ON COLUMN client.middle_name_folded IS 'middle_name, folded.';
COMMENT ON COLUMN client.last_name_folded IS 'last_name, folded.';
COMMENT ON COLUMN client.full_name_folded IS 'First, middle and last name, folded.';
COMMENT ON COLUMN client.email_folded IS 'email, folded.';
COMMENT ON COLUMN client.address_folded IS 'address, folded.';
COMMENT ON COLUMN client.city_folded IS 'city, folded.';
COMMENT ON COLUMN client.region_folded IS 'region, folded.';
COMMENT ON COLUMN client.country_folded IS 'The name of the country, folded.';
COMMENT ON COLUMN client.identification_type_folded IS 'identification_type, folded.';
COMMENT ON COLUMN client.identification_number_folded IS 'identification_number, folded.';
COMMENT ON COLUMN client.search_text IS 'What the free-text search looks at, folded, one value to a line.';

CREATE TABLE client_number (
    id         bigint NOT NULL,
    client_key text COLLATE "C" NOT NULL,
    CONSTRAINT client_number_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE client_number IS 'Whose a running number is. A table of its own, so that numbers stay unique where clients are spread over machines by key.';
COMMENT ON COLUMN client_number.id IS 'The running number.';
COMMENT ON COLUMN client_number.client_key IS 'The key of the client it was given to.';

-- The sequence gives the first number of a block of 32; whoever takes a block gives its numbers away one by one. The
-- two must change together, and only upwards. Numbers that nobody comes to use are gaps.
CREATE SEQUENCE client_number_block AS bigint START 1 INCREMENT 32;
COMMENT ON SEQUENCE client_number_block IS 'The first number of the next block of 32 running numbers.';

CREATE TABLE client_claim (
    kind       text COLLATE "C" NOT NULL,
    digest     bytea NOT NULL,
    client_key text COLLATE "C" NOT NULL,
    exclusive  boolean NOT NULL,
    CONSTRAINT client_claim_pkey PRIMARY KEY (kind, digest, client_key),
    CONSTRAINT client_claim_kind_known CHECK (kind IN ('identification', 'email', 'phone')),
    CONSTRAINT client_claim_digest_length CHECK (length(digest) = 32)
);
CREATE UNIQUE INDEX client_claim_exclusive ON client_claim (kind, digest) WHERE exclusive;
COMMENT ON TABLE client_claim IS 'What clients have that others should not have.';
COMMENT ON COLUMN client_claim.kind IS 'What is claimed.';
COMMENT ON COLUMN client_claim.digest IS 'SHA-256 of the normalised value: one length for every value, and one place less where it stands in plain. Whoever can guess a value can still find it, so it is no anonymity.';
COMMENT ON COLUMN client_claim.client_key IS 'Who has it.';
COMMENT ON COLUMN client_claim.exclusive IS 'Whether it was taken to be had by nobody else.';

CREATE TABLE client_history (
    client_key            text COLLATE "C" NOT NULL,
    version               bigint NOT NULL,
    event                 text COLLATE "C" NOT NULL,
    command               text COLLATE "C" NOT NULL,
    request_id            text COLLATE "C" NOT NULL,
    actor                 text COLLATE "C" NOT NULL,
    actor_email           text COLLATE "C",
    at                    timestamptz NOT NULL,
    from_state            smallint NOT NULL,
    action                text COLLATE "C",
    to_state              smallint NOT NULL,
    changed               text COLLATE "C" NOT NULL,
    reason                text COLLATE "C",
    notes                 text COLLATE "C",
    transaction_reference text COLLATE "C",
    transaction_date      date,
    CONSTRAINT client_history_pkey PRIMARY KEY (client_key, version),
    CONSTRAINT client_history_client_fkey FOREIGN KEY (client_key) REFERENCES client (client_key),
    CONSTRAINT client_history_edge_fkey FOREIGN KEY (from_state, action, to_state)
        REFERENCES client_lifecycle_edge (from_state, action, to_state),
    CONSTRAINT client_history_version_positive CHECK (version > 0),
    -- A line without an action changes no state, and so cannot get around the foreign key.
    CONSTRAINT client_history_action_or_same CHECK (action IS NOT NULL OR from_state = to_state),
    CONSTRAINT client_history_state_known CHECK (to_state IN (1, 3, 4, 5, 6, 7)),
    CONSTRAINT client_history_transaction_whole CHECK (transaction_date IS NULL OR transaction_reference IS NOT NULL)
);
COMMENT ON TABLE client_history IS 'What happened to each client, one line for each version; lines are written once and never changed.';
COMMENT ON COLUMN client_history.client_key IS 'To whom.';
COMMENT ON COLUMN client_history.version IS 'The version of the client that this made.';
COMMENT ON COLUMN client_history.event IS 'What happened.';
COMMENT ON COLUMN client_history.command IS 'The command that did it.';
COMMENT ON COLUMN client_history.request_id IS 'The request that carried it.';
COMMENT ON COLUMN client_history.actor IS 'The id of whoever did it.';
COMMENT ON COLUMN client_history.actor_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client_history.at IS 'When.';
COMMENT ON COLUMN client_history.from_state IS 'The state before, by its number; 0 before a creation.';
COMMENT ON COLUMN client_history.action IS 'The action of the lifecycle; null where the state did not change.';
COMMENT ON COLUMN client_history.to_state IS 'The state after, by its number.';
COMMENT ON COLUMN client_history.changed IS 'The names of the fields that have another value than before, with commas between them; never the values.';
COMMENT ON COLUMN client_history.reason IS 'Why, where a reason was given. May be personal.';
COMMENT ON COLUMN client_history.notes IS 'What was remarked. May be personal.';
COMMENT ON COLUMN client_history.transaction_reference IS 'The transaction that activated the client.';
COMMENT ON COLUMN client_history.transaction_date IS 'The day of that transaction, where the ledger said it.';

CREATE TABLE client_outbox (
    client_key   text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    event_id     text COLLATE "C" NOT NULL,
    event        text COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL,
    data         json NOT NULL,
    leased_until timestamptz,
    delivered_at timestamptz,
    CONSTRAINT client_outbox_pkey PRIMARY KEY (client_key, version, event_id),
    CONSTRAINT client_outbox_version_positive CHECK (version > 0)
);
CREATE INDEX client_outbox_undelivered ON client_outbox (at, client_key, version) WHERE delivered_at IS NULL;
CREATE INDEX client_outbox_by_event ON client_outbox (event_id) WHERE delivered_at IS NULL;
COMMENT ON TABLE client_outbox IS 'Events for other systems. What an event says never changes; only whether it was delivered does. Holds no personal value.';
COMMENT ON COLUMN client_outbox.client_key IS 'To whom it happened.';
COMMENT ON COLUMN client_outbox.version IS 'The version of the client that this made: the order of delivery within one client.';
COMMENT ON COLUMN client_outbox.event_id IS 'The id of the event, the same however often it is delivered.';
COMMENT ON COLUMN client_outbox.event IS 'What happened.';
COMMENT ON COLUMN client_outbox.at IS 'When.';
COMMENT ON COLUMN client_outbox.data IS 'The details, a JSON object, kept to the letter.';
COMMENT ON COLUMN client_outbox.leased_until IS 'Until when a relay has it; null while nobody ever had.';
COMMENT ON COLUMN client_outbox.delivered_at IS 'When it was delivered; null until then.';

CREATE TABLE client_idempotency (
    actor       text COLLATE "C" NOT NULL,
    command     text COLLATE "C" NOT NULL,
    request_key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    message     text COLLATE "C" NOT NULL,
    data        json NOT NULL,
    version     bigint,
    at          timestamptz NOT NULL,
    CONSTRAINT client_idempotency_pkey PRIMARY KEY (actor, command, request_key),
    CONSTRAINT client_idempotency_fingerprint_length CHECK (length(fingerprint) = 32),
    CONSTRAINT client_idempotency_version_positive CHECK (version IS NULL OR version > 0)
);
CREATE INDEX client_idempotency_by_age ON client_idempotency (at);
COMMENT ON TABLE client_idempotency IS 'What was answered to commands with an idempotency key; swept when old.';
COMMENT ON COLUMN client_idempotency.actor IS 'Who sent the command.';
COMMENT ON COLUMN client_idempotency.command IS 'The name of the command.';
COMMENT ON COLUMN client_idempotency.request_key IS 'The idempotency key.';
COMMENT ON COLUMN client_idempotency.fingerprint IS 'SHA-256 of the body.';
COMMENT ON COLUMN client_idempotency.message IS 'The message that was answered.';
COMMENT ON COLUMN client_idempotency.data IS 'The data that was answered, kept to the letter. May be personal.';
COMMENT ON COLUMN client_idempotency.version IS 'The version that was answered, where there was one.';
COMMENT ON COLUMN client_idempotency.at IS 'When.';

CREATE FUNCTION client_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Without the row: what it holds does not belong into a log.
    RAISE EXCEPTION 'what is written here stays as it is' USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END
$$;
COMMENT ON FUNCTION client_refuse_change() IS 'Refuses whatever fires it, under the name of the trigger.';

CREATE TRIGGER client_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_history
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_outbox_unchanged BEFORE UPDATE ON client_outbox
    FOR EACH ROW WHEN ((old.client_key, old.version, old.event_id, old.event, old.at, old.data::text)
        IS DISTINCT FROM (new.client_key, new.version, new.event_id, new.event, new.at, new.data::text)
        OR old.delivered_at IS NOT NULL)
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_outbox_kept BEFORE DELETE ON client_outbox
    FOR EACH ROW WHEN (old.delivered_at IS NULL)
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_outbox_not_truncated BEFORE TRUNCATE ON client_outbox
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
