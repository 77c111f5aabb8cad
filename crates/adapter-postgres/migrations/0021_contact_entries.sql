-- Who entered the phone number and the e-mail address in force, and so never verifies them.
--
-- Expand only. A release before this one neither reads nor writes the column. Where it replaces a value meanwhile, the entry is
-- of another value and does not count; who may verify the value then follows from the makers alone, as in that release.

ALTER TABLE client
    ADD COLUMN contact_entries jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN client.contact_entries IS 'Who entered the phone number and the e-mail address in force, and who their present spelling: value and normal forms of actors. Empty where an earlier release has written the value. Personal.';
