-- Clients, what they claim, what happened to them, and the events for other systems.
--
-- Texts are compared and sorted by their bytes (BINARY), which is the order of code points in UTF-8. Moments are
-- microseconds since 1970 in UTC, days are texts as 2026-03-01, yes is 1. Lists within a row are JSON.
-- A rule that a row breaks is named: the message of a trigger, or the name of a constraint.

CREATE TABLE client_lifecycle_edge (
    from_state INTEGER NOT NULL, -- the state before, by its number; 0 before a creation
    action     TEXT NOT NULL,    -- the action of the lifecycle
    to_state   INTEGER NOT NULL, -- the state after, by its number
    CONSTRAINT client_lifecycle_edge_pkey PRIMARY KEY (from_state, action, to_state)
) STRICT, WITHOUT ROWID;

-- A copy of what the domain writes; a test compares the rows.
INSERT INTO client_lifecycle_edge (from_state, action, to_state) VALUES
    (0, 'create', 3),
    (3, 'approve', 4),
    (3, 'reject', 5),
    (5, 'undoReject', 3),
    (4, 'activate', 1),
    (4, 'blacklist', 6),
    (1, 'blacklist', 6),
    (6, 'undoBlacklist', 3),
    (4, 'exit', 7),
    (1, 'exit', 7),
    (6, 'exit', 7),
    (3, 'withdraw', 5),
    (3, 'lapse', 5);

-- The clients as they are now. Together with the history the only place of personal data in plain.
CREATE TABLE client (
    id                           INTEGER PRIMARY KEY, -- the running number; it never changes
    client_key                   TEXT NOT NULL,    -- the key for other systems; it never changes
    version                      INTEGER NOT NULL, -- how often the client was written
    state                        INTEGER NOT NULL, -- 1 active, 3 pending approval, 4 approved, 5 rejected, 6 blacklisted, 7 exited
    first_name                   TEXT NOT NULL,    -- personal, as are all that follow up to branch
    middle_name                  TEXT,
    last_name                    TEXT NOT NULL,
    email                        TEXT NOT NULL,
    phone                        TEXT NOT NULL,    -- digits, perhaps after a plus
    phone_entered                TEXT,             -- the number as it was entered, if that is another text; personal
    address                      TEXT NOT NULL,    -- street, house, flat
    city                         TEXT NOT NULL,
    region                       TEXT NOT NULL,    -- state, province or region
    country                      TEXT NOT NULL,    -- the code of two letters (ISO 3166-1)
    marital_status               INTEGER,          -- 1 single, 2 married, 3 divorced, 4 widowed
    account_officer              INTEGER,          -- the number of the officer who looks after the client
    birth_date                   TEXT NOT NULL,
    gender                       TEXT NOT NULL,    -- as in the documents
    identification_type          TEXT NOT NULL,    -- the kind of the identifying document
    identification_number        TEXT NOT NULL,    -- its number
    customer_type                TEXT NOT NULL,    -- person or company
    branch                       TEXT,             -- the key of the branch
    approval                     TEXT,             -- the progress of the review; null before it was requested
    approval_by                  TEXT,             -- the id of the person of its last step
    approval_by_email            TEXT,             -- the e-mail address of that person, if known
    approval_by_normal           TEXT,             -- the normal form of approval_by: ids that look alike have the same
    approval_at                  INTEGER,          -- when the last step was taken
    activated_at                 INTEGER,          -- when the client last became active since its last review
    activations                  TEXT NOT NULL,    -- the references of the activating transactions, oldest first
    contact_verifications        TEXT NOT NULL,    -- the last verification of each contact point; personal
    former_names                 TEXT NOT NULL,    -- the names that the client had before, oldest first; personal
    contact_entries              TEXT NOT NULL,    -- who entered the phone number and the e-mail address in force; personal
    amendments                   TEXT NOT NULL,    -- the open amendments; personal
    has_open_amendment           INTEGER NOT NULL, -- whether there is one
    makers                       TEXT NOT NULL,    -- who touched the client since its last approval: pairs of a normal form and bits
    former_client                TEXT,             -- the exited client that this one was before it returned; it never changes
    created_by                   TEXT NOT NULL,    -- the id of the person who created the client
    created_by_email             TEXT,             -- the e-mail address of that person, if known
    created_at                   INTEGER NOT NULL, -- when the client was created
    modified_at                  INTEGER NOT NULL, -- when the client was last written
    first_name_folded            TEXT NOT NULL,    -- the normal form of the domain, to search and sort by; as are all that follow
    middle_name_folded           TEXT,
    last_name_folded             TEXT NOT NULL,
    full_name_folded             TEXT NOT NULL,
    email_folded                 TEXT NOT NULL,
    address_folded               TEXT NOT NULL,
    city_folded                  TEXT NOT NULL,
    region_folded                TEXT NOT NULL,
    country_folded               TEXT NOT NULL,    -- of the name of the country
    identification_type_folded   TEXT NOT NULL,
    identification_number_folded TEXT NOT NULL,
    first_name_passport          TEXT,             -- as passports write it, where that is another text
    middle_name_passport         TEXT,
    last_name_passport           TEXT,
    former_names_folded          TEXT,             -- the normal forms of former names, each between line feeds
    search_text                  TEXT NOT NULL,    -- what the search for words looks at, one value to a line
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
        AND (approval IS NULL) = (approval_by_normal IS NULL)
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
    CONSTRAINT client_former_is_another CHECK (former_client IS NULL OR former_client <> client_key),
    CONSTRAINT client_amendments_counted CHECK (has_open_amendment = (amendments <> '[]')),
    CONSTRAINT client_modified_after_creation CHECK (modified_at >= created_at),
    -- Each version has its line of history, at the end of the transaction at the latest.
    CONSTRAINT client_version_has_line FOREIGN KEY (client_key, version)
        REFERENCES client_history (client_key, version) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX client_by_key ON client (client_key);
-- With the search text, so that a word that many clients have is looked for in the index alone.
CREATE INDEX client_by_creation ON client (created_at, id, search_text);
CREATE INDEX client_by_state ON client (state, created_at, id);
CREATE INDEX client_by_branch ON client (branch, created_at, id) WHERE branch IS NOT NULL;
CREATE INDEX client_by_branch_and_state ON client (branch, state, created_at, id) WHERE branch IS NOT NULL;
-- With the id, so that it is also the order by last name, and each page of it begins where the one before has ended.
CREATE INDEX client_by_last_name ON client (last_name_folded, id);
-- Few clients have one date of birth, where thousands share a last name; with the id, so that it is also the order by it.
CREATE INDEX client_by_birth_date ON client (birth_date, id);
CREATE INDEX client_by_email ON client (email_folded);
CREATE INDEX client_by_phone ON client (phone);
CREATE INDEX client_by_identification ON client (identification_number_folded);
-- Few clients have one, so the index costs the others nothing.
CREATE INDEX client_by_open_amendment ON client (created_at, id) WHERE has_open_amendment = 1;
CREATE INDEX client_by_former_client ON client (former_client, created_at, id) WHERE former_client IS NOT NULL;
-- All clients that have returned, in the order of lists. The condition is the one of their search: with the one above SQLite
-- would take this index for the clients of one record too.
CREATE INDEX client_returned ON client (created_at, id) WHERE ifnull(length(former_client), 0) > 0;

-- The words of search_text and the parts of addresses, three letters at a time. It keeps no text of its own.
CREATE VIRTUAL TABLE client_word USING fts5 (
    search_text, address_folded, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
-- The clients whose words are not in the index yet. The writer empties it at the end of each transaction, because a
-- savepoint would write the index anew for each member of a group.
CREATE TABLE client_word_pending (
    id INTEGER PRIMARY KEY -- the client
) STRICT;
CREATE TRIGGER client_words_added AFTER INSERT ON client BEGIN
    INSERT INTO client_word_pending (id) VALUES (new.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER client_words_replaced AFTER UPDATE OF search_text, address_folded ON client
WHEN new.search_text <> old.search_text OR new.address_folded <> old.address_folded BEGIN
    INSERT INTO client_word_pending (id) VALUES (new.id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER client_version_by_one BEFORE UPDATE ON client WHEN new.version <> old.version + 1 BEGIN
    SELECT raise(ABORT, 'client_version_by_one');
END;
CREATE TRIGGER client_onboarded_for_good BEFORE UPDATE ON client
WHEN (old.client_key, old.id, old.created_by, old.created_by_email, old.created_at, old.former_client)
    IS NOT (new.client_key, new.id, new.created_by, new.created_by_email, new.created_at, new.former_client)
BEGIN
    SELECT raise(ABORT, 'client_onboarded_for_good');
END;
-- An approval is by a person who has not touched the client since its last approval. Where four eyes is switched off,
-- the row says by bit 128 that its approver is a maker. A set of 200 may lack a maker.
CREATE TRIGGER client_approved_by_another BEFORE UPDATE ON client
WHEN new.approval = 'Approved' AND old.approval IS NOT 'Approved'
    AND NOT EXISTS (
        SELECT 1 FROM json_each(new.makers) m
        WHERE m.value ->> 0 = new.approval_by_normal AND (m.value ->> 1) & 128 <> 0
    )
    AND (
        json_array_length(old.makers) >= 200
        OR EXISTS (SELECT 1 FROM json_each(old.makers) m WHERE m.value ->> 0 = new.approval_by_normal)
    )
BEGIN
    SELECT raise(ABORT, 'client_approved_by_another');
END;

-- The next block of running numbers. Numbers that are never used are gaps.
CREATE TABLE client_number_block (
    only_one INTEGER NOT NULL DEFAULT 1, -- always 1: there is one row
    next     INTEGER NOT NULL,           -- the first number that is not reserved
    CONSTRAINT client_number_block_pkey PRIMARY KEY (only_one),
    CONSTRAINT client_number_block_one_row CHECK (only_one = 1)
) STRICT, WITHOUT ROWID;
INSERT INTO client_number_block (next) VALUES (1);
CREATE TRIGGER client_number_block_grows BEFORE UPDATE ON client_number_block WHEN new.next <= old.next BEGIN
    SELECT raise(ABORT, 'client_number_block_grows');
END;

-- What clients have that others should not have.
CREATE TABLE client_claim (
    kind       TEXT NOT NULL,    -- what is claimed
    digest     BLOB NOT NULL,    -- SHA-256 of the normal form of the value
    client_key TEXT NOT NULL,    -- the client that has it
    exclusive  INTEGER NOT NULL, -- whether it was taken to be had by no other client
    CONSTRAINT client_claim_pkey PRIMARY KEY (kind, digest, client_key),
    CONSTRAINT client_claim_kind_known CHECK (kind IN ('identification', 'email', 'phone', 'formerClient')),
    CONSTRAINT client_claim_digest_length CHECK (length(digest) = 32),
    CONSTRAINT client_claim_exclusive_known CHECK (exclusive IN (0, 1))
) STRICT, WITHOUT ROWID;
-- A trigger in place of a unique index: the primary key finds the other clients, and an index would be as large as the table.
CREATE TRIGGER client_claim_exclusive BEFORE INSERT ON client_claim WHEN new.exclusive = 1 AND EXISTS (
    SELECT 1 FROM client_claim c
    WHERE c.kind = new.kind AND c.digest = new.digest AND c.client_key <> new.client_key AND c.exclusive = 1
) BEGIN
    SELECT raise(ABORT, 'client_claim_exclusive');
END;
CREATE TRIGGER client_claim_kept_exclusive BEFORE UPDATE ON client_claim WHEN new.exclusive = 1 AND EXISTS (
    SELECT 1 FROM client_claim c
    WHERE c.kind = new.kind AND c.digest = new.digest AND c.client_key <> old.client_key AND c.exclusive = 1
) BEGIN
    SELECT raise(ABORT, 'client_claim_exclusive');
END;

-- What happened to each client, one line for each version; lines are written once and never changed.
CREATE TABLE client_history (
    client_key            TEXT NOT NULL,    -- the client
    version               INTEGER NOT NULL, -- the version of the client that this made
    event                 TEXT NOT NULL,    -- the kind of the event
    command               TEXT NOT NULL,    -- the command that caused it
    request_id            TEXT NOT NULL,    -- the request of the command
    actor                 TEXT NOT NULL,    -- the id of the person
    actor_email           TEXT,             -- the e-mail address of that person, if known
    at                    INTEGER NOT NULL, -- the moment
    from_state            INTEGER NOT NULL, -- the state before, by its number; 0 before a creation
    action                TEXT,             -- the action of the lifecycle; null if the state did not change
    to_state              INTEGER NOT NULL, -- the state after, by its number
    changed               TEXT NOT NULL,    -- the names of the fields with another value than before, with commas; never values
    reason                TEXT,             -- may be personal
    reason_code           TEXT,             -- the code of the reason in the catalogue of the bank
    reason_text           TEXT,             -- what the code meant when it was given
    notes                 TEXT,             -- may be personal
    transaction_reference TEXT,             -- the transaction that activated the client
    transaction_date      TEXT,             -- its day, if the ledger reported it
    document_id           TEXT,             -- the document that the line is about
    address_id            TEXT,             -- the address that the line is about
    amendment_version     INTEGER,          -- the version that proposed the amendment which the line is about
    requested_documents   TEXT,             -- the numbers of the types of documents that the client was asked for, with commas
    CONSTRAINT client_history_pkey PRIMARY KEY (client_key, version),
    CONSTRAINT client_history_client_fkey FOREIGN KEY (client_key) REFERENCES client (client_key),
    CONSTRAINT client_history_edge_fkey FOREIGN KEY (from_state, action, to_state)
        REFERENCES client_lifecycle_edge (from_state, action, to_state),
    CONSTRAINT client_history_version_positive CHECK (version > 0),
    -- A line without an action changes no state, and so cannot get around the foreign key.
    CONSTRAINT client_history_action_or_same CHECK (action IS NOT NULL OR from_state = to_state),
    CONSTRAINT client_history_state_known CHECK (to_state IN (1, 3, 4, 5, 6, 7)),
    CONSTRAINT client_history_transaction_whole CHECK (transaction_date IS NULL OR transaction_reference IS NOT NULL),
    CONSTRAINT client_history_reason_code_whole CHECK ((reason_code IS NULL) = (reason_text IS NULL)),
    CONSTRAINT client_history_about_one_paper CHECK (document_id IS NULL OR address_id IS NULL)
) STRICT, WITHOUT ROWID;
-- The lines of all clients by time, and those of one actor and of one event. The key of the client and the version follow in
-- each, because they are the primary key.
CREATE INDEX client_history_by_time ON client_history (at);
CREATE INDEX client_history_by_actor ON client_history (actor, at);
CREATE INDEX client_history_by_event ON client_history (event, at);
CREATE TRIGGER client_history_line_has_version BEFORE INSERT ON client_history
WHEN NOT EXISTS (SELECT 1 FROM client c WHERE c.client_key = new.client_key AND c.version = new.version)
BEGIN
    SELECT raise(ABORT, 'client_history_line_has_version');
END;
-- The foreign key of the state is checked at the end of a statement, and its message names no rule.
CREATE TRIGGER client_history_is_an_edge BEFORE INSERT ON client_history
WHEN new.action IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM client_lifecycle_edge e
    WHERE e.from_state = new.from_state AND e.action = new.action AND e.to_state = new.to_state
)
BEGIN
    SELECT raise(ABORT, 'client_history_edge_fkey');
END;
CREATE TRIGGER client_history_unchanged BEFORE UPDATE ON client_history BEGIN
    SELECT raise(ABORT, 'client_history_append_only');
END;
CREATE TRIGGER client_history_kept BEFORE DELETE ON client_history BEGIN
    SELECT raise(ABORT, 'client_history_append_only');
END;

-- The values before and after of a line of history. In a table of its own, so that they can be sealed or erased while
-- the line stays.
CREATE TABLE client_history_value (
    client_key TEXT NOT NULL,    -- the client
    version    INTEGER NOT NULL, -- the version of the line
    data       TEXT NOT NULL,    -- triples of field, value before and value after; personal
    CONSTRAINT client_history_value_pkey PRIMARY KEY (client_key, version)
) STRICT, WITHOUT ROWID;

-- Events for other systems. What an event says never changes; only its delivery does. Holds no personal value.
CREATE TABLE client_outbox (
    client_key   TEXT NOT NULL,              -- the client
    version      INTEGER NOT NULL,           -- the version of the client: the order of delivery within one client
    event_id     TEXT NOT NULL,              -- the id of the event, the same however often it is delivered
    event        TEXT NOT NULL,              -- the kind of the event
    at           INTEGER NOT NULL,           -- the moment
    data         TEXT NOT NULL,              -- the details, a JSON object, kept to the letter
    leased_until INTEGER,                    -- when the event is free again; null if it is free
    lease        INTEGER NOT NULL DEFAULT 0, -- how often it was taken or settled: the fence of late settlements
    failures     INTEGER NOT NULL DEFAULT 0, -- how many attempts failed since it was written or last resent
    cause        TEXT,                       -- why the last attempt failed: refused, timedOut or unreachable
    status       INTEGER,                    -- the status with which it was refused
    buried_at    INTEGER,                    -- since when it is a dead letter
    discarded_at INTEGER,                    -- when a person decided that it is never delivered
    delivered_at INTEGER,                    -- when it was delivered
    CONSTRAINT client_outbox_pkey PRIMARY KEY (client_key, version, event_id),
    CONSTRAINT client_outbox_version_positive CHECK (version > 0),
    CONSTRAINT client_outbox_one_end CHECK (
        (delivered_at IS NOT NULL) + (buried_at IS NOT NULL) + (discarded_at IS NOT NULL) <= 1
    ),
    CONSTRAINT client_outbox_failures_counted CHECK (failures >= 0 AND (buried_at IS NULL OR failures > 0)),
    CONSTRAINT client_outbox_cause_whole CHECK (
        coalesce(cause, 'refused') IN ('refused', 'timedOut', 'unreachable')
        AND (status IS NOT NULL) = (coalesce(cause, '') = 'refused')
        AND (buried_at IS NULL OR cause IS NOT NULL)
    )
) STRICT, WITHOUT ROWID;
-- From one client with open events to the next, and the events of each client in order.
CREATE INDEX client_outbox_open ON client_outbox (client_key, version, event_id)
    WHERE delivered_at IS NULL AND discarded_at IS NULL;
CREATE INDEX client_outbox_by_age ON client_outbox (at)
    WHERE delivered_at IS NULL AND discarded_at IS NULL AND buried_at IS NULL;
CREATE INDEX client_outbox_by_event ON client_outbox (event_id) WHERE delivered_at IS NULL;
CREATE INDEX client_outbox_dead ON client_outbox (event_id) WHERE buried_at IS NOT NULL;
CREATE INDEX client_outbox_by_delivery ON client_outbox (delivered_at) WHERE delivered_at IS NOT NULL;
CREATE TRIGGER client_outbox_unchanged BEFORE UPDATE ON client_outbox
WHEN (old.client_key, old.version, old.event_id, old.event, old.at, old.data)
    IS NOT (new.client_key, new.version, new.event_id, new.event, new.at, new.data)
    OR old.delivered_at IS NOT NULL
BEGIN
    SELECT raise(ABORT, 'client_outbox_unchanged');
END;
CREATE TRIGGER client_outbox_discarded_for_good BEFORE UPDATE ON client_outbox WHEN old.discarded_at IS NOT NULL BEGIN
    SELECT raise(ABORT, 'client_outbox_discarded_for_good');
END;
CREATE TRIGGER client_outbox_kept BEFORE DELETE ON client_outbox WHEN old.delivered_at IS NULL BEGIN
    SELECT raise(ABORT, 'client_outbox_kept');
END;

-- Receivers of events besides the default one, whose deliveries are columns of client_outbox.
CREATE TABLE client_receiver (
    name  TEXT NOT NULL,    -- the name
    types TEXT,             -- the kinds of the events that it gets, joined by spaces; null for all of them
    since INTEGER NOT NULL, -- when it was first registered: it gets the events of later commits
    CONSTRAINT client_receiver_pkey PRIMARY KEY (name),
    CONSTRAINT client_receiver_not_default CHECK (name <> 'default')
) STRICT, WITHOUT ROWID;

-- Events that wait for one of them: a row each, which is deleted when the event was delivered.
CREATE TABLE client_delivery (
    client_key   TEXT NOT NULL,              -- the client of the event
    version      INTEGER NOT NULL,           -- the version of the client: the order within one client and receiver
    event_id     TEXT NOT NULL,              -- the event
    receiver     TEXT NOT NULL,              -- the receiver
    at           INTEGER NOT NULL,           -- the moment of the event
    leased_until INTEGER,                    -- when the event is free again for this receiver; null if it is free
    lease        INTEGER NOT NULL DEFAULT 0, -- how often it was taken or settled: the fence of late settlements
    failures     INTEGER NOT NULL DEFAULT 0, -- how many attempts failed since it was written or last resent
    cause        TEXT,                       -- why the last attempt failed: refused, timedOut or unreachable
    status       INTEGER,                    -- the status with which it was refused
    buried_at    INTEGER,                    -- since when it is a dead letter of this receiver
    discarded_at INTEGER,                    -- when a person decided that this receiver never gets it
    CONSTRAINT client_delivery_pkey PRIMARY KEY (client_key, version, event_id, receiver),
    -- An event is not deleted while a receiver waits for it.
    CONSTRAINT client_delivery_event_fkey FOREIGN KEY (client_key, version, event_id)
        REFERENCES client_outbox (client_key, version, event_id),
    CONSTRAINT client_delivery_receiver_fkey FOREIGN KEY (receiver) REFERENCES client_receiver (name),
    CONSTRAINT client_delivery_one_end CHECK ((buried_at IS NOT NULL) + (discarded_at IS NOT NULL) <= 1),
    CONSTRAINT client_delivery_failures_counted CHECK (failures >= 0 AND (buried_at IS NULL OR failures > 0)),
    CONSTRAINT client_delivery_cause_whole CHECK (
        coalesce(cause, 'refused') IN ('refused', 'timedOut', 'unreachable')
        AND (status IS NOT NULL) = (coalesce(cause, '') = 'refused')
        AND (buried_at IS NULL OR cause IS NOT NULL)
    )
) STRICT, WITHOUT ROWID;
-- As the indexes of client_outbox, each within one receiver.
CREATE INDEX client_delivery_by_receiver ON client_delivery (receiver, client_key, version, event_id);
CREATE INDEX client_delivery_by_event ON client_delivery (event_id, receiver);
CREATE INDEX client_delivery_by_age ON client_delivery (receiver, at) WHERE buried_at IS NULL AND discarded_at IS NULL;
CREATE INDEX client_delivery_dead ON client_delivery (event_id, receiver) WHERE buried_at IS NOT NULL;
-- Adds an event to the queue of each receiver that takes it.
CREATE TRIGGER client_outbox_fanned_out AFTER INSERT ON client_outbox BEGIN
    INSERT INTO client_delivery (client_key, version, event_id, receiver, at)
    SELECT new.client_key, new.version, new.event_id, name, new.at FROM client_receiver
    WHERE types IS NULL OR instr(' ' || types || ' ', ' ' || new.event || ' ') > 0;
END;

-- The outcomes of commands with an idempotency key; deleted when they are old.
CREATE TABLE client_idempotency (
    actor       TEXT NOT NULL,    -- the actor of the command
    command     TEXT NOT NULL,    -- the name of the command
    request_key TEXT NOT NULL,    -- the idempotency key
    fingerprint BLOB NOT NULL,    -- SHA-256 of the body
    message     TEXT NOT NULL,    -- the message of the answer
    data        TEXT NOT NULL,    -- the data of the answer, sealed
    version     INTEGER,          -- the version of the answer, if there was one
    at          INTEGER NOT NULL, -- the moment
    attempt     TEXT,             -- the id of the event of the attempt that wrote it
    client_key  TEXT,             -- the client that the command was about
    CONSTRAINT client_idempotency_pkey PRIMARY KEY (actor, command, request_key),
    CONSTRAINT client_idempotency_fingerprint_length CHECK (length(fingerprint) = 32),
    CONSTRAINT client_idempotency_version_positive CHECK (version IS NULL OR version > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_idempotency_by_age ON client_idempotency (at);

-- Identity documents that clients have submitted. Their files are kept under content_key.
CREATE TABLE client_document (
    client_key         TEXT NOT NULL,    -- the client
    document_id        TEXT NOT NULL,    -- the id; it never changes
    place              INTEGER NOT NULL, -- how many documents the client had submitted before it
    kind               INTEGER NOT NULL, -- the number of the kind of document
    number             TEXT NOT NULL,    -- personal
    number_folded      TEXT NOT NULL,    -- the normal form of the number, to search by; personal
    issuer             TEXT,             -- personal
    issued_on          TEXT,             -- personal
    expires_on         TEXT,             -- the last day on which it is valid, if it has one; personal
    content_key        TEXT NOT NULL,    -- the key of its file
    extension          TEXT NOT NULL,    -- the extension of its file, which the bytes agree with
    size               INTEGER NOT NULL, -- the number of bytes of its file
    sha256             TEXT NOT NULL,    -- the SHA-256 of its file, in hexadecimal
    uploaded_by        TEXT NOT NULL,    -- the id of the person who uploaded its file
    uploaded_by_email  TEXT,
    uploaded_at        INTEGER NOT NULL,
    uploaders          TEXT NOT NULL,    -- the normal forms of all who submitted it or uploaded a file for it
    submitted_by       TEXT NOT NULL,    -- the id of the person who submitted it
    submitted_by_email TEXT,
    submitted_at       INTEGER NOT NULL,
    status             INTEGER NOT NULL, -- 0 pending, 1 approved, 2 rejected
    reviewed_by        TEXT,             -- the id of the reviewer
    reviewed_by_email  TEXT,
    reviewed_by_normal TEXT,             -- the normal form of reviewed_by
    reviewed_at        INTEGER,
    comment            TEXT,             -- may be personal
    verified           TEXT NOT NULL,    -- the values of the client that an approval was given for; personal
    rejection          TEXT,             -- why it was rejected, if a code was given: code, text, whether final
    notice             INTEGER NOT NULL, -- the last notice of its expiry: 0 none, 1 soon, 2 expired
    CONSTRAINT client_document_pkey PRIMARY KEY (client_key, document_id),
    CONSTRAINT client_document_client_fkey FOREIGN KEY (client_key) REFERENCES client (client_key),
    CONSTRAINT client_document_choices_known CHECK (
        kind BETWEEN 1 AND 8 AND status BETWEEN 0 AND 2 AND notice BETWEEN 0 AND 2 AND place >= 0
        AND extension IN ('.jpg', '.jpeg', '.png', '.pdf')
    ),
    CONSTRAINT client_document_content_whole CHECK (
        size > 0 AND length(content_key) = 32 AND length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'
    ),
    CONSTRAINT client_document_ends_after_it_begins CHECK (coalesce(issued_on < expires_on, true)),
    CONSTRAINT client_document_notice_of_an_end CHECK (notice = 0 OR expires_on IS NOT NULL),
    CONSTRAINT client_document_review_whole CHECK (
        (status = 0) = (reviewed_by IS NULL)
        AND (status = 0) = (reviewed_by_normal IS NULL)
        AND (status = 0) = (reviewed_at IS NULL)
        AND (reviewed_by_email IS NULL OR reviewed_by IS NOT NULL)
        AND (comment IS NULL OR reviewed_by IS NOT NULL)
        AND (status <> 2 OR comment IS NOT NULL)
    ),
    CONSTRAINT client_document_reviewed_by_another CHECK (
        reviewed_by IS NULL OR (reviewed_by <> submitted_by AND reviewed_by <> uploaded_by)
    )
) STRICT, WITHOUT ROWID;
CREATE INDEX client_document_by_id ON client_document (document_id);
CREATE INDEX client_document_by_content ON client_document (content_key);
CREATE INDEX client_document_by_number ON client_document (number_folded, client_key);
CREATE INDEX client_document_by_expiry ON client_document (expires_on, client_key) WHERE expires_on IS NOT NULL;
-- Documents of whose expiry not everything was noticed, and those that were noticed too early.
CREATE INDEX client_document_to_watch ON client_document (expires_on)
    WHERE notice < 2 AND status <> 2 AND expires_on IS NOT NULL;
CREATE INDEX client_document_noticed ON client_document (notice, expires_on) WHERE notice > 0 AND status <> 2;
-- What was reviewed stays what it was, but for notices. An approval may be reviewed again if the values that it was given
-- for have changed: the new review names others, or none.
CREATE TRIGGER client_document_reviewed_for_good BEFORE UPDATE ON client_document
WHEN old.status <> 0 AND (
    (old.client_key, old.document_id, old.place, old.kind, old.number, old.issuer, old.issued_on, old.expires_on,
        old.content_key, old.extension, old.size, old.sha256, old.uploaded_by, old.submitted_by)
    IS NOT (new.client_key, new.document_id, new.place, new.kind, new.number, new.issuer, new.issued_on, new.expires_on,
        new.content_key, new.extension, new.size, new.sha256, new.uploaded_by, new.submitted_by)
    OR (old.status <> 1 OR new.status = 0 OR new.verified = old.verified)
        AND (old.status, old.reviewed_by, old.reviewed_at, old.comment, old.rejection)
            IS NOT (new.status, new.reviewed_by, new.reviewed_at, new.comment, new.rejection)
)
BEGIN
    SELECT raise(ABORT, 'client_document_reviewed_for_good');
END;
-- A set of 50 uploaders may lack one, so its document is not approved.
CREATE TRIGGER client_document_reviewed_by_no_uploader BEFORE UPDATE ON client_document
WHEN new.status <> 0
    AND (old.status, old.reviewed_by, old.reviewed_at) IS NOT (new.status, new.reviewed_by, new.reviewed_at)
    AND new.reviewed_by NOT IN (new.submitted_by, new.uploaded_by)
    AND (
        EXISTS (SELECT 1 FROM json_each(old.uploaders) u WHERE u.value = new.reviewed_by_normal)
        OR (new.status = 1 AND json_array_length(old.uploaders) >= 50)
    )
BEGIN
    SELECT raise(ABORT, 'client_document_reviewed_by_no_uploader');
END;
CREATE TRIGGER client_document_kept BEFORE DELETE ON client_document BEGIN
    SELECT raise(ABORT, 'client_document_kept');
END;

-- Address information that clients have submitted. Where letters go is in the table client.
CREATE TABLE client_address (
    client_key         TEXT NOT NULL,    -- the client
    address_id         TEXT NOT NULL,    -- the id; it never changes
    place              INTEGER NOT NULL, -- how many addresses the client had submitted before it
    line1              TEXT NOT NULL,    -- street, house; personal
    line2              TEXT,             -- flat, floor; personal
    city               TEXT NOT NULL,    -- personal
    region             TEXT NOT NULL,    -- state, province or region; personal
    country            TEXT NOT NULL,    -- the code of two letters
    postal_code        TEXT,             -- personal
    submitted_by       TEXT NOT NULL,    -- the id of the person who submitted it
    submitted_by_email TEXT,
    submitted_by_normal TEXT NOT NULL,   -- the normal form of submitted_by
    submitted_at       INTEGER NOT NULL,
    status             INTEGER NOT NULL, -- 0 pending, 1 approved, 2 rejected
    reviewed_by        TEXT,             -- the id of the reviewer
    reviewed_by_email  TEXT,
    reviewed_by_normal TEXT,             -- the normal form of reviewed_by
    reviewed_at        INTEGER,
    comment            TEXT,             -- may be personal
    verified           TEXT NOT NULL,    -- the values of the client that an approval was given for; personal
    rejection          TEXT,             -- why it was rejected, if a code was given: code, text, whether final
    CONSTRAINT client_address_pkey PRIMARY KEY (client_key, address_id),
    CONSTRAINT client_address_client_fkey FOREIGN KEY (client_key) REFERENCES client (client_key),
    CONSTRAINT client_address_choices_known CHECK (status BETWEEN 0 AND 2 AND place >= 0 AND length(country) = 2),
    CONSTRAINT client_address_review_whole CHECK (
        (status = 0) = (reviewed_by IS NULL)
        AND (status = 0) = (reviewed_by_normal IS NULL)
        AND (status = 0) = (reviewed_at IS NULL)
        AND (reviewed_by_email IS NULL OR reviewed_by IS NOT NULL)
        AND (comment IS NULL OR reviewed_by IS NOT NULL)
        AND (status <> 2 OR comment IS NOT NULL)
    ),
    CONSTRAINT client_address_reviewed_by_another CHECK (reviewed_by IS NULL OR reviewed_by <> submitted_by),
    CONSTRAINT client_address_reviewed_by_another_person CHECK (
        coalesce(reviewed_by_normal <> submitted_by_normal, true)
    )
) STRICT, WITHOUT ROWID;
CREATE INDEX client_address_by_id ON client_address (address_id);
CREATE TRIGGER client_address_reviewed_for_good BEFORE UPDATE ON client_address
WHEN old.status <> 0 AND (
    (old.client_key, old.address_id, old.place, old.line1, old.line2, old.city, old.region, old.country,
        old.postal_code, old.submitted_by, old.submitted_at)
    IS NOT (new.client_key, new.address_id, new.place, new.line1, new.line2, new.city, new.region, new.country,
        new.postal_code, new.submitted_by, new.submitted_at)
    OR (old.status <> 1 OR new.status = 0 OR new.verified = old.verified)
        AND (old.status, old.reviewed_by, old.reviewed_at, old.comment, old.rejection)
            IS NOT (new.status, new.reviewed_by, new.reviewed_at, new.comment, new.rejection)
)
BEGIN
    SELECT raise(ABORT, 'client_address_reviewed_for_good');
END;
CREATE TRIGGER client_address_kept BEFORE DELETE ON client_address BEGIN
    SELECT raise(ABORT, 'client_address_kept');
END;

-- The files of documents, and what is left of files that never arrived whole, which is swept.
CREATE TABLE client_content (
    content_key TEXT NOT NULL, -- the key of the file
    size        INTEGER,       -- the number of bytes; null while it is not complete
    CONSTRAINT client_content_pkey PRIMARY KEY (content_key),
    CONSTRAINT client_content_size_possible CHECK (size IS NULL OR size >= 0),
    CONSTRAINT client_content_key_length CHECK (length(content_key) = 32)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER client_content_whole_for_good BEFORE UPDATE ON client_content WHEN old.size IS NOT NULL BEGIN
    SELECT raise(ABORT, 'client_content_whole_for_good');
END;
-- The bytes of files, in pieces of 256 KiB. With a rowid, because the rows are large.
CREATE TABLE client_content_piece (
    content_key TEXT NOT NULL,    -- the file
    place       INTEGER NOT NULL, -- which piece of it, from 0
    bytes       BLOB NOT NULL,    -- personal
    CONSTRAINT client_content_piece_pkey PRIMARY KEY (content_key, place),
    CONSTRAINT client_content_piece_content_fkey FOREIGN KEY (content_key)
        REFERENCES client_content (content_key) ON DELETE CASCADE,
    CONSTRAINT client_content_piece_place_possible CHECK (place >= 0)
) STRICT;
CREATE TRIGGER client_content_piece_unchanged BEFORE UPDATE ON client_content_piece BEGIN
    SELECT raise(ABORT, 'client_content_piece_unchanged');
END;

-- Contents that may be orphans: stored and not committed yet, or replaced. Of every content there is a row here, or a
-- document names it. Garbage collection reads these and nothing else.
CREATE TABLE client_content_candidate (
    content_key TEXT NOT NULL,    -- the key of the content
    queued_at   INTEGER NOT NULL, -- when the upload began, or when the content was replaced
    trashed_at  INTEGER,          -- when it was moved to the trash; null while it is not there
    CONSTRAINT client_content_candidate_pkey PRIMARY KEY (content_key),
    CONSTRAINT client_content_candidate_key_length CHECK (length(content_key) = 32)
) STRICT, WITHOUT ROWID;

-- Which installation this database belongs to. A copy for another environment needs an id of its own.
CREATE TABLE client_installation (
    only_one        INTEGER NOT NULL DEFAULT 1, -- always 1: there is one row
    installation_id TEXT NOT NULL,              -- 32 hexadecimal characters, made when it was first asked for
    CONSTRAINT client_installation_pkey PRIMARY KEY (only_one),
    CONSTRAINT client_installation_one_row CHECK (only_one = 1),
    CONSTRAINT client_installation_id_length CHECK (length(installation_id) = 32)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER client_installation_unchanged BEFORE UPDATE ON client_installation BEGIN
    SELECT raise(ABORT, 'client_installation_unchanged');
END;

-- People who are signed in with a browser. Rows of ended sessions are deleted; a copy of the file has none.
CREATE TABLE client_session (
    session_id       BLOB NOT NULL,    -- the SHA-256 of the value of the cookie, which is not stored
    actor            TEXT NOT NULL,    -- the id of the person; personal, as are all that follow up to branch
    actor_email      TEXT,             -- the e-mail address of the person, if known
    permissions      TEXT NOT NULL,    -- the permissions of the sign-in, as they are named in a token
    branch           TEXT,             -- the key of the branch of the person
    opened_at        INTEGER NOT NULL, -- when the session was opened
    authenticated_at INTEGER NOT NULL, -- when the person authenticated
    last_seen        INTEGER NOT NULL, -- when the person was last seen, to within the interval of touches
    ends_at          INTEGER NOT NULL, -- when the session ends, however often the person is seen
    issuer           TEXT,             -- the identity provider
    subject          TEXT,             -- the person at the provider; personal
    provider_session TEXT,             -- the session at the provider, where it names its sessions
    sealed           BLOB,             -- encrypted by the program that opened the session
    CONSTRAINT client_session_pkey PRIMARY KEY (session_id),
    CONSTRAINT client_session_id_length CHECK (length(session_id) = 32),
    CONSTRAINT client_session_provider_whole CHECK (
        (issuer IS NULL) = (subject IS NULL) AND (provider_session IS NULL OR issuer IS NOT NULL)
    )
) STRICT, WITHOUT ROWID;
CREATE INDEX client_session_by_actor ON client_session (actor);
CREATE INDEX client_session_by_provider ON client_session (issuer, subject) WHERE issuer IS NOT NULL;
CREATE INDEX client_session_by_provider_session ON client_session (issuer, provider_session)
    WHERE provider_session IS NOT NULL;
CREATE INDEX client_session_by_end ON client_session (ends_at);

-- Searches of clients that people have saved, for themselves or for everybody who may find clients.
CREATE TABLE client_saved_view (
    owner       TEXT NOT NULL,    -- the id of the person who saved it; personal, as are the name, the e-mail address and the search
    name        TEXT NOT NULL,    -- the name, which no other view of this person has
    owner_email TEXT,             -- the e-mail address of that person, if known
    shared      INTEGER NOT NULL, -- whether others see it
    search      TEXT NOT NULL,    -- what is searched for and in which order, in JSON as on the wire; it is read anew each time
    columns     TEXT NOT NULL,    -- the names of the columns, in JSON
    saved_at    INTEGER NOT NULL, -- when it was saved last
    CONSTRAINT client_saved_view_pkey PRIMARY KEY (owner, name),
    CONSTRAINT client_saved_view_shared_known CHECK (shared IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX client_saved_view_shared ON client_saved_view (owner, name) WHERE shared = 1;

-- What waits for a decision or for a successor, one row for each item: a copy of client_waiting that triggers keep, so that a
-- page of the queue is a range of an index.
CREATE TABLE client_work_item (
    client_key TEXT NOT NULL,    -- the client
    kind       TEXT NOT NULL,    -- what is to do: Approval, Document, Address, Amendment or Expiring
    item_id    TEXT NOT NULL,    -- the id of the item within its client; empty for the client itself
    since      INTEGER NOT NULL, -- since when it waits; of a document that expires soon, the beginning of its last day in UTC
    branch     TEXT,             -- the branch of the client
    CONSTRAINT client_work_item_pkey PRIMARY KEY (client_key, kind, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_work_item_by_age ON client_work_item (kind, since, client_key, item_id);
CREATE INDEX client_work_item_by_branch ON client_work_item (branch, kind, since, client_key, item_id)
    WHERE branch IS NOT NULL;
-- The definition, as the domain has it (Client::waiting); a test compares them. A moment in JSON has up to six digits behind
-- its seconds, without the zeros at the end.
CREATE VIEW client_waiting AS
    SELECT c.client_key, 'Approval' AS kind, '' AS item_id, c.approval_at AS since, c.branch
    FROM client c WHERE c.approval = 'Pending'
    UNION ALL
    SELECT d.client_key, 'Document', d.document_id, d.submitted_at, c.branch
    FROM client_document d JOIN client c ON c.client_key = d.client_key
    WHERE d.status = 0 AND c.state IN (1, 3, 4)
    UNION ALL
    SELECT a.client_key, 'Address', a.address_id, a.submitted_at, c.branch
    FROM client_address a JOIN client c ON c.client_key = a.client_key
    WHERE a.status = 0 AND c.state IN (1, 3, 4)
    UNION ALL
    SELECT c.client_key, 'Amendment', c.client_key || '.' || (m.value ->> 'version'),
        unixepoch(substr(m.value ->> 'at', 1, 19)) * 1000000
            + CAST(substr(rtrim(substr(m.value ->> 'at', 21), 'Z') || '000000', 1, 6) AS INTEGER),
        c.branch
    FROM client c, json_each(c.amendments) m
    WHERE c.has_open_amendment = 1 AND c.state IN (1, 4)
    UNION ALL
    SELECT d.client_key, 'Expiring', d.document_id, unixepoch(d.expires_on) * 1000000, c.branch
    FROM client_document d JOIN client c ON c.client_key = d.client_key
    WHERE d.status = 1 AND d.notice = 1 AND c.state IN (1, 3, 4);
CREATE TRIGGER client_work_added AFTER INSERT ON client
WHEN new.approval = 'Pending' OR new.has_open_amendment = 1
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT client_key, kind, item_id, since, branch FROM client_waiting WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_work_changed AFTER UPDATE ON client
WHEN (old.state, old.approval, old.approval_at, old.amendments, old.branch)
    IS NOT (new.state, new.approval, new.approval_at, new.amendments, new.branch)
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT client_key, kind, item_id, since, branch FROM client_waiting WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_document_work_added AFTER INSERT ON client_document
WHEN new.status = 0 OR new.notice = 1
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT client_key, kind, item_id, since, branch FROM client_waiting WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_document_work_changed AFTER UPDATE ON client_document
WHEN (old.status, old.notice) IS NOT (new.status, new.notice)
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT client_key, kind, item_id, since, branch FROM client_waiting WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_address_work_added AFTER INSERT ON client_address
WHEN new.status = 0
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT client_key, kind, item_id, since, branch FROM client_waiting WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_address_work_changed AFTER UPDATE ON client_address
WHEN old.status <> new.status
BEGIN
    DELETE FROM client_work_item WHERE client_key = new.client_key;
    INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
    SELECT client_key, kind, item_id, since, branch FROM client_waiting WHERE client_key = new.client_key;
END;
-- The KYC status of every client that has submitted a document or an address. One that was not computed since the last change, or
-- by another rule, or for other days, is computed from the documents where it is asked for. Triggers mark what a commit changes.
CREATE TABLE client_kyc_status (
    client_key  TEXT NOT NULL,    -- the client; one without a row has submitted nothing
    rule        INTEGER,          -- the digest of the requirements that the status was computed by; null if it has changed since
    status      INTEGER NOT NULL, -- the number of the KYC status; 0 before the first computation
    holds_from  TEXT NOT NULL,    -- the first day on which the status is this one; empty where there is none
    holds_until TEXT NOT NULL,    -- the last day on which the status is this one without a change
    CONSTRAINT client_kyc_status_pkey PRIMARY KEY (client_key),
    CONSTRAINT client_kyc_status_possible CHECK (
        status BETWEEN 0 AND 5 AND (rule IS NULL OR status > 0) AND holds_from <= holds_until
    )
) STRICT, WITHOUT ROWID;
CREATE INDEX client_kyc_status_by_status ON client_kyc_status (rule, status, holds_until, holds_from);
CREATE INDEX client_kyc_status_begun ON client_kyc_status (rule, holds_from) WHERE holds_from > '';
-- The values that an approval is given for, and the type, which decides what is required.
CREATE TRIGGER client_kyc_status_changed AFTER UPDATE ON client
WHEN (old.first_name, old.middle_name, old.last_name, old.birth_date, old.gender, old.identification_type,
        old.identification_number, old.address, old.city, old.region, old.country, old.customer_type)
    IS NOT (new.first_name, new.middle_name, new.last_name, new.birth_date, new.gender, new.identification_type,
        new.identification_number, new.address, new.city, new.region, new.country, new.customer_type)
BEGIN
    UPDATE client_kyc_status SET rule = NULL WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_document_kyc_status_added AFTER INSERT ON client_document BEGIN
    INSERT INTO client_kyc_status (client_key, rule, status, holds_from, holds_until)
    VALUES (new.client_key, NULL, 0, '', '9999-12-31')
    ON CONFLICT (client_key) DO UPDATE SET rule = NULL;
END;
CREATE TRIGGER client_document_kyc_status_changed AFTER UPDATE ON client_document
WHEN (old.kind, old.status, old.expires_on, old.verified) IS NOT (new.kind, new.status, new.expires_on, new.verified)
BEGIN
    UPDATE client_kyc_status SET rule = NULL WHERE client_key = new.client_key;
END;
CREATE TRIGGER client_address_kyc_status_added AFTER INSERT ON client_address BEGIN
    INSERT INTO client_kyc_status (client_key, rule, status, holds_from, holds_until)
    VALUES (new.client_key, NULL, 0, '', '9999-12-31')
    ON CONFLICT (client_key) DO UPDATE SET rule = NULL;
END;
CREATE TRIGGER client_address_kyc_status_changed AFTER UPDATE ON client_address
WHEN (old.status, old.verified) IS NOT (new.status, new.verified)
BEGIN
    UPDATE client_kyc_status SET rule = NULL WHERE client_key = new.client_key;
END;

-- Who is at an item of the queue: leases of minutes, which refuse no decision.
CREATE TABLE client_work_claim (
    client_key    TEXT NOT NULL,    -- the client
    kind          TEXT NOT NULL,    -- what is to do
    item_id       TEXT NOT NULL,    -- the id of the item within its client; empty for the client itself
    held_by       TEXT NOT NULL,    -- the id of the person
    held_by_email TEXT,             -- the e-mail address of that person, if known
    held_until    INTEGER NOT NULL, -- when the claim ends
    CONSTRAINT client_work_claim_pkey PRIMARY KEY (client_key, kind, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_work_claim_by_end ON client_work_claim (held_until);

-- Batches of commands, and their rows in pieces.
CREATE TABLE client_batch (
    batch_id     TEXT NOT NULL,    -- the id, which follows from the uploader and the file
    uploader     TEXT NOT NULL,    -- the id of the person who uploaded it
    state        TEXT NOT NULL,    -- where it is in its life
    version      INTEGER NOT NULL, -- the number of its changes
    upload       TEXT,             -- the upload that may add pieces; the latest one
    announced_at INTEGER NOT NULL, -- when it was announced
    ended_at     INTEGER,          -- when it was finished or stopped
    details      TEXT NOT NULL,    -- the whole batch in JSON; the other columns are for statements
    CONSTRAINT client_batch_pkey PRIMARY KEY (batch_id),
    CONSTRAINT client_batch_state_known CHECK (
        state IN ('announced', 'received', 'checked', 'confirmed', 'running', 'paused', 'stopping', 'finished', 'stopped')
    )
) STRICT, WITHOUT ROWID;
CREATE INDEX client_batch_by_age ON client_batch (announced_at, batch_id);
CREATE INDEX client_batch_by_uploader ON client_batch (uploader, announced_at, batch_id);
CREATE INDEX client_batch_by_end ON client_batch (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX client_batch_at_work ON client_batch (announced_at, batch_id)
    WHERE state IN ('received', 'confirmed', 'running', 'stopping');
CREATE UNIQUE INDEX client_batch_runs_alone ON client_batch (uploader) WHERE state = 'running';
CREATE INDEX client_batch_open ON client_batch (uploader) WHERE ended_at IS NULL;
CREATE TABLE client_deleted_batch (
    batch_id TEXT NOT NULL,    -- the id of a batch whose rows were executed and which was deleted
    ended_at INTEGER NOT NULL, -- when the batch had ended
    CONSTRAINT client_deleted_batch_pkey PRIMARY KEY (batch_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE client_batch_piece (
    batch_id     TEXT NOT NULL,    -- the batch
    number       INTEGER NOT NULL, -- the number of the piece in its batch, from 0
    first_row    INTEGER NOT NULL, -- the number of its first row, from 1
    row_count    INTEGER NOT NULL, -- how many rows it has
    stage        INTEGER NOT NULL, -- before its check 0, after it 1, after its execution 2
    leased_until INTEGER,          -- until when an instance works on it
    lease        INTEGER NOT NULL, -- the number of its last lease
    begun_at     INTEGER,          -- when the work on it was first begun that has no result yet
    done         INTEGER,          -- how many rows were done
    already_done INTEGER,          -- how many an earlier attempt had done
    refused      INTEGER,          -- how many were refused
    not_tried    INTEGER,          -- how many were not tried
    results      TEXT,             -- what became of each row, in JSON without values
    content      BLOB NOT NULL,    -- the rows as they were sent
    CONSTRAINT client_batch_piece_pkey PRIMARY KEY (batch_id, number),
    CONSTRAINT client_batch_piece_stage_known CHECK (stage BETWEEN 0 AND 2)
) STRICT;
CREATE INDEX client_batch_piece_open ON client_batch_piece (batch_id, stage, number) WHERE stage < 2;
CREATE TABLE client_export (
    export_id TEXT NOT NULL,    -- the id
    exporter  TEXT NOT NULL,    -- the id of the person or program that asked
    begun_at  INTEGER NOT NULL, -- when it began
    ended_at  INTEGER,          -- when it ended; null while it runs, and for ever if the process ended before it
    details   TEXT NOT NULL,    -- the whole line in JSON; the other columns are for statements
    CONSTRAINT client_export_pkey PRIMARY KEY (export_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_export_by_age ON client_export (begun_at, export_id);
CREATE INDEX client_export_by_exporter ON client_export (exporter, begun_at, export_id);
