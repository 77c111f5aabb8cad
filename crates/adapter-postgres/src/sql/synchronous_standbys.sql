-- Returns which standbys confirm a commit, as the settings of the server have it; an empty text for none.
SELECT current_setting('synchronous_standby_names') AS names;
