-- What clients hand in: identity documents and address information, with their review.
--
-- Only additions: an instance of the release before neither sees them nor misses them. Rows lead with the client's key, as
-- in every table of a client. An id is found by an index that is not unique, as the id of an event is: ids are 128 fresh bits.

CREATE TABLE client_document (
    client_key         text COLLATE "C" NOT NULL,
    document_id        text COLLATE "C" NOT NULL,
    place              smallint NOT NULL,
    kind               smallint NOT NULL,
    number             text COLLATE "C" NOT NULL,
    number_folded      text COLLATE "C" NOT NULL,
    issuer             text COLLATE "C",
    issued_on          date,
    expires_on         date,
    content_key        text COLLATE "C" NOT NULL,
    extension          text COLLATE "C" NOT NULL,
    size               bigint NOT NULL,
    sha256             text COLLATE "C" NOT NULL,
    uploaded_by        text COLLATE "C" NOT NULL,
    uploaded_by_email  text COLLATE "C",
    uploaded_at        timestamptz NOT NULL,
    submitted_by       text COLLATE "C" NOT NULL,
    submitted_by_email text COLLATE "C",
    submitted_at       timestamptz NOT NULL,
    status             smallint NOT NULL,
    reviewed_by        text COLLATE "C",
    reviewed_by_email  text COLLATE "C",
    reviewed_at        timestamptz,
    comment            text COLLATE "C",
    notice             smallint NOT NULL,
    CONSTRAINT client_document_pkey PRIMARY KEY (client_key, document_id),
    CONSTRAINT client_document_client_fkey FOREIGN KEY (client_key) REFERENCES client (client_key),
    CONSTRAINT client_document_choices_known CHECK (
        kind BETWEEN 1 AND 8 AND status BETWEEN 0 AND 2 AND notice BETWEEN 0 AND 2 AND place >= 0
        AND extension IN ('.jpg', '.jpeg', '.png', '.pdf')
    ),
    CONSTRAINT client_document_content_whole CHECK (
        size > 0 AND length(content_key) = 32 AND sha256 ~ '^[0-9a-f]{64}$'
    ),
    -- A CHECK that is null passes, so nothing here may come out null.
    CONSTRAINT client_document_ends_after_it_begins CHECK (coalesce(issued_on < expires_on, true)),
    CONSTRAINT client_document_notice_of_an_end CHECK (notice = 0 OR expires_on IS NOT NULL),
    CONSTRAINT client_document_review_whole CHECK (
        (status = 0) = (reviewed_by IS NULL)
        AND (status = 0) = (reviewed_at IS NULL)
        AND (reviewed_by_email IS NULL OR reviewed_by IS NOT NULL)
        AND (comment IS NULL OR reviewed_by IS NOT NULL)
        AND (status <> 2 OR comment IS NOT NULL)
    ),
    CONSTRAINT client_document_reviewed_by_another CHECK (
        reviewed_by IS NULL OR (reviewed_by <> submitted_by AND reviewed_by <> uploaded_by)
    )
);
CREATE INDEX client_document_by_id ON client_document (document_id);
CREATE INDEX client_document_by_content ON client_document (content_key);
CREATE INDEX client_document_by_number ON client_document (number_folded, client_key);
CREATE INDEX client_document_by_expiry ON client_document (expires_on, client_key) WHERE expires_on IS NOT NULL;
-- What the watch over the end of documents looks at: those of whose end not everything is told yet.
CREATE INDEX client_document_to_watch ON client_document (expires_on) WHERE notice < 2 AND status <> 2 AND expires_on IS NOT NULL;

COMMENT ON TABLE client_document IS 'Identity documents that clients have handed in. Their files are kept elsewhere, under content_key.';
COMMENT ON COLUMN client_document.client_key IS 'Whose it is.';
COMMENT ON COLUMN client_document.document_id IS 'The id of the document; it never changes.';
COMMENT ON COLUMN client_document.place IS 'How many documents the client had handed in before it.';
COMMENT ON COLUMN client_document.kind IS 'What kind of paper: 1 national id, 2 passport, 3 driver''s license, 4 voter''s card, 5 utility bill, 6 bank statement, 7 certificate of incorporation, 8 other.';
COMMENT ON COLUMN client_document.number IS 'The number on it. Personal.';
COMMENT ON COLUMN client_document.number_folded IS 'The number as the domain folds it, to search by. Personal.';
COMMENT ON COLUMN client_document.issuer IS 'Who issued it, where that is known. Personal.';
COMMENT ON COLUMN client_document.issued_on IS 'When it was issued, where that is known. Personal.';
COMMENT ON COLUMN client_document.expires_on IS 'The last day on which it is good, where it has one. Personal.';
COMMENT ON COLUMN client_document.content_key IS 'Under which key its file is kept.';
COMMENT ON COLUMN client_document.extension IS 'The extension of its file, which the bytes agree with.';
COMMENT ON COLUMN client_document.size IS 'How many bytes its file has.';
COMMENT ON COLUMN client_document.sha256 IS 'The SHA-256 of its file, in hexadecimal.';
COMMENT ON COLUMN client_document.uploaded_by IS 'The id of whoever handed in its file.';
COMMENT ON COLUMN client_document.uploaded_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client_document.uploaded_at IS 'When its file was handed in.';
COMMENT ON COLUMN client_document.submitted_by IS 'The id of whoever handed it in.';
COMMENT ON COLUMN client_document.submitted_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client_document.submitted_at IS 'When it was handed in.';
COMMENT ON COLUMN client_document.status IS 'How far its review has come: 0 pending, 1 approved, 2 rejected.';
COMMENT ON COLUMN client_document.reviewed_by IS 'The id of whoever reviewed it; nobody who handed it in, or its file.';
COMMENT ON COLUMN client_document.reviewed_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client_document.reviewed_at IS 'When it was reviewed.';
COMMENT ON COLUMN client_document.comment IS 'What the reviewer said. May be personal.';
COMMENT ON COLUMN client_document.notice IS 'What has been told of its end: 0 nothing, 1 that it will come soon, 2 that it has come.';

CREATE TABLE client_address (
    client_key         text COLLATE "C" NOT NULL,
    address_id         text COLLATE "C" NOT NULL,
    place              smallint NOT NULL,
    line1              text COLLATE "C" NOT NULL,
    line2              text COLLATE "C",
    city               text COLLATE "C" NOT NULL,
    region             text COLLATE "C" NOT NULL,
    country            text COLLATE "C" NOT NULL,
    postal_code        text COLLATE "C",
    submitted_by       text COLLATE "C" NOT NULL,
    submitted_by_email text COLLATE "C",
    submitted_at       timestamptz NOT NULL,
    status             smallint NOT NULL,
    reviewed_by        text COLLATE "C",
    reviewed_by_email  text COLLATE "C",
    reviewed_at        timestamptz,
    comment            text COLLATE "C",
    CONSTRAINT client_address_pkey PRIMARY KEY (client_key, address_id),
    CONSTRAINT client_address_client_fkey FOREIGN KEY (client_key) REFERENCES client (client_key),
    CONSTRAINT client_address_choices_known CHECK (
        status BETWEEN 0 AND 2 AND place >= 0 AND length(country) = 2
    ),
    CONSTRAINT client_address_review_whole CHECK (
        (status = 0) = (reviewed_by IS NULL)
        AND (status = 0) = (reviewed_at IS NULL)
        AND (reviewed_by_email IS NULL OR reviewed_by IS NOT NULL)
        AND (comment IS NULL OR reviewed_by IS NOT NULL)
        AND (status <> 2 OR comment IS NOT NULL)
    ),
    CONSTRAINT client_address_reviewed_by_another CHECK (reviewed_by IS NULL OR reviewed_by <> submitted_by)
);
CREATE INDEX client_address_by_id ON client_address (address_id);

COMMENT ON TABLE client_address IS 'Address information that clients have handed in. Where letters go is in the table client.';
COMMENT ON COLUMN client_address.client_key IS 'Whose it is.';
COMMENT ON COLUMN client_address.address_id IS 'The id of the address information; it never changes.';
COMMENT ON COLUMN client_address.place IS 'How much address information the client had handed in before it.';
COMMENT ON COLUMN client_address.line1 IS 'Street, house. Personal.';
COMMENT ON COLUMN client_address.line2 IS 'Flat, floor. Personal.';
COMMENT ON COLUMN client_address.city IS 'Town or city. Personal.';
COMMENT ON COLUMN client_address.region IS 'State, province or region. Personal.';
COMMENT ON COLUMN client_address.country IS 'The country, by its code of two letters (ISO 3166-1).';
COMMENT ON COLUMN client_address.postal_code IS 'The postal code, where there is one. Personal.';
COMMENT ON COLUMN client_address.submitted_by IS 'The id of whoever handed it in.';
COMMENT ON COLUMN client_address.submitted_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client_address.submitted_at IS 'When it was handed in.';
COMMENT ON COLUMN client_address.status IS 'How far its review has come: 0 pending, 1 approved, 2 rejected.';
COMMENT ON COLUMN client_address.reviewed_by IS 'The id of whoever reviewed it; nobody who handed it in.';
COMMENT ON COLUMN client_address.reviewed_by_email IS 'The e-mail address of that person, where it was known.';
COMMENT ON COLUMN client_address.reviewed_at IS 'When it was reviewed.';
COMMENT ON COLUMN client_address.comment IS 'What the reviewer said. May be personal.';

ALTER TABLE client_history
    ADD COLUMN document_id text COLLATE "C",
    ADD COLUMN address_id  text COLLATE "C",
    ADD CONSTRAINT client_history_about_one_paper CHECK (num_nonnulls(document_id, address_id) <= 1) NOT VALID;
COMMENT ON COLUMN client_history.document_id IS 'The document that the line is about.';
COMMENT ON COLUMN client_history.address_id IS 'The address information that the line is about.';

-- What was looked at stays what it was, but for what is told of its end; nothing is ever taken out.
CREATE TRIGGER client_document_reviewed_for_good BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (old.status <> 0 AND (
        old.client_key, old.document_id, old.place, old.kind, old.number, old.issuer, old.issued_on, old.expires_on,
        old.content_key, old.extension, old.size, old.sha256, old.uploaded_by, old.submitted_by, old.status,
        old.reviewed_by, old.reviewed_at, old.comment
    ) IS DISTINCT FROM (
        new.client_key, new.document_id, new.place, new.kind, new.number, new.issuer, new.issued_on, new.expires_on,
        new.content_key, new.extension, new.size, new.sha256, new.uploaded_by, new.submitted_by, new.status,
        new.reviewed_by, new.reviewed_at, new.comment
    ))
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_document_kept BEFORE DELETE OR TRUNCATE ON client_document
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_address_reviewed_for_good BEFORE UPDATE ON client_address
    FOR EACH ROW WHEN (old.status <> 0)
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_address_kept BEFORE DELETE OR TRUNCATE ON client_address
    FOR EACH STATEMENT EXECUTE FUNCTION client_refuse_change();
