-- The last verification of the phone number and of the e-mail address of a client: of which value, by whom, when, how.
--
-- Expand only. A release before this one neither reads nor writes the column. What it changes meanwhile outdates the
-- verification, because each entry holds the value that it is about.

ALTER TABLE client
    ADD COLUMN contact_verifications jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN client.contact_verifications IS 'The last verification of each contact point: value, actor, moment, means and reference. It counts while the same value is in force. Personal.';
