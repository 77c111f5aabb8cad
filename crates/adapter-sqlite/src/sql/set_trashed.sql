-- Records that a queued content is in the trash.
UPDATE client_content_candidate SET trashed_at = :at WHERE content_key = :content_key AND trashed_at IS NULL;
