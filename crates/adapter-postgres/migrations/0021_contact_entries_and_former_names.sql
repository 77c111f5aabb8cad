-- Who entered the phone number and the e-mail address in force, and so never verifies them; and the names that a client had before,
-- which still find it: as they were, and in their normal forms. The search text has former names too, and so its index of words
-- finds them.
--
-- Expand only. A release before this one neither reads nor writes the columns. Where it replaces a phone number or an e-mail
-- address meanwhile, the entry is of another value and does not count; who may verify the value then follows from the makers
-- alone, as in that release. Where it changes a name, or writes a search text without the former names, a trigger makes
-- former_names null: they are taken from the values of the history then, by each read, and are stored by the next commit of
-- this release or by its recomputation of normal forms.

ALTER TABLE client
    ADD COLUMN contact_entries jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN client.contact_entries IS 'Who entered the phone number and the e-mail address in force, and who their present spelling: value and normal forms of actors. Empty where an earlier release has written the value. Personal.';

ALTER TABLE client
    ADD COLUMN former_names jsonb DEFAULT '[]',
    ADD COLUMN former_names_folded text COLLATE "C";
COMMENT ON COLUMN client.former_names IS 'The names that the client had before, the oldest first: first, middle and last name of each. Null where they are to be taken from the values of the history. Personal.';
COMMENT ON COLUMN client.former_names_folded IS 'The normal forms of the former names, each between line feeds; null without former names. Personal.';

CREATE FUNCTION client_recall_former_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.former_names := NULL;
    new.former_names_folded := NULL;
    RETURN new;
END
$$;
COMMENT ON FUNCTION client_recall_former_names() IS 'Leaves the former names of a client to the values of its history.';

CREATE FUNCTION client_has_lines(lines text, search_text text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT bool_and(position(line IN search_text) > 0) FROM unnest(string_to_array(trim(E'\n' FROM lines), E'\n')) line
$$;
COMMENT ON FUNCTION client_has_lines(text, text) IS 'Whether a search text holds every line, which former names have one each of.';

CREATE TRIGGER client_former_names_follow BEFORE UPDATE ON client
    FOR EACH ROW WHEN (
        (
            (new.first_name, new.middle_name, new.last_name) IS DISTINCT FROM (old.first_name, old.middle_name, old.last_name)
            AND new.former_names = old.former_names
        ) OR (
            new.former_names_folded IS NOT NULL
            AND NOT client_has_lines(new.former_names_folded, new.search_text)
        )
    )
    EXECUTE FUNCTION client_recall_former_names();

-- As before, but that former names are computed from the history too.
CREATE OR REPLACE FUNCTION client_refuse_unless_recomputed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    computed CONSTANT text[] := ARRAY[
        'first_name_folded', 'middle_name_folded', 'last_name_folded', 'full_name_folded', 'email_folded', 'address_folded',
        'city_folded', 'region_folded', 'country_folded', 'identification_type_folded', 'identification_number_folded',
        'search_text', 'first_name_passport', 'middle_name_passport', 'last_name_passport', 'normal_form', 'normal_form_version',
        'former_names', 'former_names_folded'
    ];
BEGIN
    IF new IS NOT DISTINCT FROM old OR new.version <> old.version
        OR to_jsonb(new) - computed IS DISTINCT FROM to_jsonb(old) - computed THEN
        -- Without the row: what it holds does not belong into a log.
        RAISE EXCEPTION 'what is written here stays as it is'
            USING ERRCODE = '23001', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
