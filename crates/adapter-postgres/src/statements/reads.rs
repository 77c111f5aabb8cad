//! Reads of one client, by whatever names it.

use crate::statements::statements;

/// The columns that a client is read from. The folded copies are not: they follow from the others.
macro_rules! client_columns {
    () => {
        "c.client_key, c.version, c.state, c.first_name, c.middle_name, c.last_name, c.email, c.phone,
         c.address, c.city, c.region, c.country, c.marital_status, c.account_officer, c.birth_date,
         c.gender, c.identification_type, c.identification_number, c.customer_type, c.branch,
         c.approval, c.approval_by, c.approval_by_email, c.approval_at, c.activated_at, c.activations,
         c.created_by, c.created_by_email, c.created_at, c.modified_at, c.id, c.makers::text AS makers,
         CASE WHEN c.makers_version < c.version THEN (
             SELECT json_agg(json_build_array(h.event, h.actor) ORDER BY h.version)::text FROM client_history h
             WHERE h.client_key = c.client_key AND h.version > c.makers_version
         ) END AS makers_since"
    };
}

/// The columns that an outcome is read from.
macro_rules! outcome_columns {
    () => {
        "o.fingerprint AS outcome_fingerprint, o.message AS outcome_message, o.data::text AS outcome_data,
         o.version AS outcome_version, o.at AS outcome_at, o.attempt AS outcome_attempt,
         o.client_key AS outcome_client"
    };
}
pub(crate) use outcome_columns;

/// The papers of a client, oldest first, as JSON arrays of rows.
macro_rules! paper_columns {
    () => {
        "(SELECT json_agg(d ORDER BY d.place)::text FROM client_document d WHERE d.client_key = c.client_key)
            AS documents,
         (SELECT json_agg(a ORDER BY a.place)::text FROM client_address a WHERE a.client_key = c.client_key)
            AS addresses"
    };
}

macro_rules! of_number {
    () => {
        "c.client_key = (SELECT n.client_key FROM client_number n WHERE n.id = $1)"
    };
}

macro_rules! of_document {
    () => {
        "c.client_key = (SELECT d.client_key FROM client_document d WHERE d.document_id = $1 LIMIT 1)"
    };
}

macro_rules! of_address {
    () => {
        "c.client_key = (SELECT a.client_key FROM client_address a WHERE a.address_id = $1 LIMIT 1)"
    };
}

macro_rules! load {
    ($which:expr) => {
        concat!(
            "SELECT ",
            client_columns!(),
            ", ",
            paper_columns!(),
            ", ",
            outcome_columns!(),
            " FROM (SELECT) one
            LEFT JOIN client c ON ",
            $which,
            "
            LEFT JOIN client_idempotency o ON o.actor = $2 AND o.command = $3 AND o.request_key = $4"
        )
    };
}

macro_rules! find {
    ($which:expr) => {
        concat!("SELECT ", client_columns!(), ", ", paper_columns!(), " FROM client c WHERE ", $which)
    };
}

statements! {
    /// A client by key, and an outcome.
    LOAD_BY_KEY = load!("c.client_key = $1");

    /// A client by number, and an outcome.
    LOAD_BY_ID = load!(of_number!());

    /// A client by a document, and an outcome.
    LOAD_BY_DOCUMENT = load!(of_document!());

    /// A client by an address, and an outcome.
    LOAD_BY_ADDRESS = load!(of_address!());

    /// Several clients by key, each with an outcome. Each is looked up by itself (`LIMIT`): a join could read all of a table
    /// that the server believes to be small.
    LOAD_SEVERAL = concat!(
        "SELECT w.place, ", client_columns!(), ", ", paper_columns!(), ", ", outcome_columns!(), "
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
            w (wanted_key, actor, command, request_key, place)
        LEFT JOIN LATERAL (SELECT * FROM client WHERE client_key = w.wanted_key LIMIT 1) c ON true
        LEFT JOIN LATERAL (
            SELECT * FROM client_idempotency i
            WHERE i.actor = w.actor AND i.command = w.command AND i.request_key = w.request_key LIMIT 1
        ) o ON true"
    );

    /// A client by key.
    FIND_BY_KEY = find!("c.client_key = $1");

    /// Several clients by key.
    FIND_BY_KEYS = find!("c.client_key = ANY($1)");

    /// A client by number.
    FIND_BY_ID = find!(of_number!());

    /// A client by a document.
    FIND_BY_DOCUMENT = find!(of_document!());

    /// A client by an address.
    FIND_BY_ADDRESS = find!(of_address!());
}
