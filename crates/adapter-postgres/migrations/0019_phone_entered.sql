-- The phone number of a client as it was entered, with the number that it belongs to.
--
-- Expand only. A release before this one neither reads nor writes the column. Where it changes the number meanwhile, the text
-- belongs to another number, and is not shown.

ALTER TABLE client
    ADD COLUMN phone_entered jsonb;
COMMENT ON COLUMN client.phone_entered IS 'The text that was entered for the phone number, and the number: null where it is the number itself. For people to see; nothing is compared with it. Personal.';
