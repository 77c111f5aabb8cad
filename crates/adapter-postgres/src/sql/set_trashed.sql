-- Records that contents are in the trash.
--
-- Parameters: $1 content_keys, $2 moment.
UPDATE client_content_candidate SET trashed_at = $2
WHERE content_key = ANY($1) AND trashed_at IS NULL;
