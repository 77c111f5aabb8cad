-- One normal form for each kind of identifying text: which of them a client's columns and claims are in, and names as
-- passports write them.
--
-- Expand only. A release before this one neither reads nor writes the new columns. What it inserts is in normal form 1; what
-- it updates leaves normal_form_version behind version. Both are recomputed by `client-service migrate` and by the service.

ALTER TABLE client
    ADD COLUMN first_name_passport  text COLLATE "C",
    ADD COLUMN middle_name_passport text COLLATE "C",
    ADD COLUMN last_name_passport   text COLLATE "C",
    ADD COLUMN normal_form          smallint NOT NULL DEFAULT 1,
    ADD COLUMN normal_form_version  bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN client.first_name_passport IS 'first_name as passports write it (ICAO 9303), where that is not first_name_folded. Personal.';
COMMENT ON COLUMN client.middle_name_passport IS 'middle_name as passports write it, where that is not middle_name_folded. Personal.';
COMMENT ON COLUMN client.last_name_passport IS 'last_name as passports write it, where that is not last_name_folded. Personal.';
COMMENT ON COLUMN client.normal_form IS 'The number of the normal form in which the folded columns, the documents and the claims of the client were computed.';
COMMENT ON COLUMN client.normal_form_version IS 'The version of the client that they were computed from; another one than version where a release before this one has written since.';

-- A version of a client follows the one before, unless just what is computed from the rest changes.
CREATE FUNCTION client_refuse_unless_recomputed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    computed CONSTANT text[] := ARRAY[
        'first_name_folded', 'middle_name_folded', 'last_name_folded', 'full_name_folded', 'email_folded', 'address_folded',
        'city_folded', 'region_folded', 'country_folded', 'identification_type_folded', 'identification_number_folded',
        'search_text', 'first_name_passport', 'middle_name_passport', 'last_name_passport', 'normal_form', 'normal_form_version'
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
COMMENT ON FUNCTION client_refuse_unless_recomputed() IS 'Refuses a change of a client under its old version, but for columns that are computed from others.';

CREATE OR REPLACE TRIGGER client_version_by_one AFTER UPDATE ON client
    FOR EACH ROW WHEN (new.version <> old.version + 1)
    EXECUTE FUNCTION client_refuse_unless_recomputed();
