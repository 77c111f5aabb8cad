-- Counts the other views of a person, and the other shared ones of all people.
SELECT (SELECT count(*) FROM client_saved_view WHERE owner = :owner AND name <> :name) AS own,
    (SELECT count(*) FROM client_saved_view WHERE shared = 1 AND (owner, name) <> (:owner, :name)) AS shared;
