-- Writes an address. Of one that is there its review may change.
INSERT INTO client_address (
    client_key, address_id, place, line1, line2, city, region, country, postal_code, submitted_by,
    submitted_by_email, submitted_by_normal, submitted_at, status, reviewed_by, reviewed_by_email,
    reviewed_by_normal, reviewed_at, comment, verified, rejection
) VALUES (
    :client_key, :address_id, :place, :line1, :line2, :city, :region, :country, :postal_code, :submitted_by,
    :submitted_by_email, :submitted_by_normal, :submitted_at, :status, :reviewed_by, :reviewed_by_email,
    :reviewed_by_normal, :reviewed_at, :comment, :verified, :rejection
)
ON CONFLICT (client_key, address_id) DO UPDATE SET
    status = excluded.status, reviewed_by = excluded.reviewed_by, reviewed_by_email = excluded.reviewed_by_email,
    reviewed_by_normal = excluded.reviewed_by_normal, reviewed_at = excluded.reviewed_at, comment = excluded.comment,
    verified = excluded.verified, rejection = excluded.rejection;
