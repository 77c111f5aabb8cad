-- Who has touched a client since its last decision: four eyes looks at all of them.
--
-- Expand only. A release before this one neither reads nor writes the new columns. What it writes leaves makers_version
-- behind version; whoever reads the client then takes the lines of history in between into account, and so does the
-- trigger below.

ALTER TABLE client
    ADD COLUMN makers             jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN makers_version     bigint NOT NULL DEFAULT 0,
    ADD COLUMN approval_by_normal text COLLATE "C";
COMMENT ON COLUMN client.makers IS 'Who has touched the client since its last decision: pairs of the normal form of an id and of bits that say how.';
COMMENT ON COLUMN client.makers_version IS 'The version up to which makers is complete; the history has what came later.';
COMMENT ON COLUMN client.approval_by_normal IS 'The normal form of approval_by: ids that look alike have the same. Written by releases that know makers.';

-- The domain folds every script; this is as much of it as the database does by itself. A server that knows of no case beyond
-- ASCII (one without ICU, before version 17) relies on approval_by_normal for the rest.
DO $do$
DECLARE
    folding text := coalesce(
        (SELECT quote_ident(collname) FROM pg_collation
         WHERE collname IN ('und-x-icu', 'pg_c_utf8') AND collnamespace = 'pg_catalog'::regnamespace
         ORDER BY collname DESC LIMIT 1),
        '"C"');
BEGIN
    EXECUTE format($sql$
        CREATE FUNCTION client_person(id text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT normalize(lower(upper(regexp_replace(
                normalize(id, NFKC),
                '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]',
                '', 'g'
            ) COLLATE %1$s) COLLATE %1$s), NFKC) COLLATE "C"
        $$
    $sql$, folding);
END
$do$;
COMMENT ON FUNCTION client_person(text) IS 'The normal form of an id as far as the database folds it: width, invisible characters, and case.';

-- The bit of an event; 0 where it makes nobody a maker.
CREATE FUNCTION client_touch(event text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE event
        WHEN 'ClientCreated' THEN 1
        WHEN 'ClientApprovalRequested' THEN 2
        WHEN 'ClientUpdated' THEN 4
        WHEN 'KycDocumentSubmitted' THEN 8
        WHEN 'KycDocumentReplaced' THEN 8
        WHEN 'AddressSubmitted' THEN 16
        WHEN 'ClientBlacklisted' THEN 32
        WHEN 'ClientBlacklistRemoved' THEN 64
        ELSE 0
    END
$$;
COMMENT ON FUNCTION client_touch(text) IS 'How an event makes its actor a maker of the client, as a bit; 0 where it does not.';

WITH decided AS (
    SELECT client_key, max(version) FILTER (WHERE event IN ('ClientApproved', 'ClientRejected')) AS version
    FROM client_history GROUP BY client_key
), touched AS (
    SELECT h.client_key, client_person(h.actor) AS person, bit_or(client_touch(h.event)) AS touches, min(h.version) AS first
    FROM client_history h JOIN decided d USING (client_key)
    WHERE h.version > coalesce(d.version, 0) AND client_touch(h.event) > 0
    GROUP BY h.client_key, client_person(h.actor)
), sets AS (
    SELECT client_key, jsonb_agg(jsonb_build_array(person, touches) ORDER BY first) AS makers
    FROM (SELECT *, row_number() OVER (PARTITION BY client_key ORDER BY first) AS place FROM touched) t
    -- The domain holds as many.
    WHERE place <= 200
    GROUP BY client_key
)
UPDATE client c SET
    makers = coalesce(
        (SELECT s.makers FROM sets s WHERE s.client_key = c.client_key),
        -- A client without history, which no release has written: whoever is named in the row.
        CASE WHEN c.approval IN ('Approved', 'Rejected') OR EXISTS (SELECT FROM client_history h WHERE h.client_key = c.client_key)
            THEN '[]'
            ELSE jsonb_build_array(jsonb_build_array(client_person(c.created_by), 1)) || coalesce(
                jsonb_build_array(jsonb_build_array(client_person(c.approval_by), 2)), '[]')
        END
    ),
    makers_version = c.version,
    approval_by_normal = client_person(c.approval_by);

-- An approval is by nobody who has touched the client. Where four eyes is switched off, the row says by bit 128 that its
-- approver is a maker.
CREATE FUNCTION client_refuse_own_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told    boolean := new.makers_version = new.version;
    persons text[] := ARRAY[client_person(new.approval_by)];
    decided bigint;
    makers  jsonb := old.makers;
BEGIN
    -- A release that does not know the column leaves in it what was there before.
    IF told THEN
        persons := persons || new.approval_by_normal;
    END IF;
    IF told AND EXISTS (
        SELECT FROM jsonb_array_elements(new.makers) m
        WHERE m ->> 0 = new.approval_by_normal AND (m ->> 1)::integer & 128 <> 0
    ) THEN
        RETURN new;
    END IF;
    IF old.makers_version < old.version THEN
        SELECT max(h.version) INTO decided FROM client_history h
        WHERE h.client_key = old.client_key AND h.version > old.makers_version AND h.version <= old.version
            AND h.event IN ('ClientApproved', 'ClientRejected');
        IF decided IS NOT NULL THEN
            makers := '[]';
        END IF;
    END IF;
    IF jsonb_array_length(makers) >= 200
        OR EXISTS (
            SELECT FROM jsonb_array_elements(makers) m
            WHERE m ->> 0 = ANY (persons) OR client_person(m ->> 0) = ANY (persons)
        )
        OR EXISTS (
            SELECT FROM client_history h
            WHERE h.client_key = old.client_key AND h.version > coalesce(decided, old.makers_version)
                AND h.version <= old.version AND client_touch(h.event) > 0 AND client_person(h.actor) = ANY (persons)
        )
    THEN
        -- Without the row: what it holds does not belong into a log.
        RAISE EXCEPTION 'a client is not approved by a maker of it'
            USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN new;
END
$$;
COMMENT ON FUNCTION client_refuse_own_approval() IS 'Refuses an approval by somebody who has touched the client since its last decision.';

CREATE TRIGGER client_approved_by_another BEFORE UPDATE ON client
    FOR EACH ROW WHEN (new.approval = 'Approved' AND old.approval IS DISTINCT FROM 'Approved')
    EXECUTE FUNCTION client_refuse_own_approval();

-- The checks of 0005 compare ids to the letter; these compare persons. As triggers they look at new reviews only.
CREATE TRIGGER client_document_reviewed_by_another_person BEFORE UPDATE ON client_document
    FOR EACH ROW WHEN (old.status = 0 AND new.status <> 0 AND new.reviewed_by NOT IN (new.submitted_by, new.uploaded_by)
        AND client_person(new.reviewed_by) IN (client_person(new.submitted_by), client_person(new.uploaded_by)))
    EXECUTE FUNCTION client_refuse_change();
CREATE TRIGGER client_address_reviewed_by_another_person BEFORE UPDATE ON client_address
    FOR EACH ROW WHEN (old.status = 0 AND new.status <> 0 AND new.reviewed_by <> new.submitted_by
        AND client_person(new.reviewed_by) = client_person(new.submitted_by))
    EXECUTE FUNCTION client_refuse_change();
