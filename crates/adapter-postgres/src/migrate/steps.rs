//! Every migration, and how it runs.

/// Every migration, in order. A released migration is never edited: the driver compares its checksum.
pub(super) const MIGRATIONS: &[(i64, &str, &str, How)] = &[
    (1, "clients", include_str!("../../migrations/0001_clients.sql"), How::Whole),
    (2, "search index", include_str!("../../migrations/0002_search_index.sql"), How::Whole),
    (3, "delivery", include_str!("../../migrations/0003_delivery.sql"), How::Whole),
    (4, "search indexes", include_str!("../../migrations/0004_search_indexes.sql"), How::Whole),
    (5, "papers", include_str!("../../migrations/0005_papers.sql"), How::Whole),
    (6, "contents", include_str!("../../migrations/0006_contents.sql"), How::Whole),
    (7, "contents ledger", include_str!("../../migrations/0007_contents_ledger.sql"), How::Whole),
    (8, "makers", include_str!("../../migrations/0008_makers.sql"), How::Whole),
    (9, "history agrees", include_str!("../../migrations/0009_history_agrees.sql"), How::Whole),
    (10, "expiry notices", include_str!("../../migrations/0010_expiry_notices.sql"), How::Whole),
    (11, "outcome client", include_str!("../../migrations/0011_outcome_client.sql"), How::Whole),
    (12, "uploaders", include_str!("../../migrations/0012_uploaders.sql"), How::Whole),
    (13, "endings", include_str!("../../migrations/0013_endings.sql"), How::Whole),
    (14, "normal forms", include_str!("../../migrations/0014_normal_forms.sql"), How::Whole),
    (
        15,
        "stale normal forms",
        include_str!("../../migrations/0015_stale_normal_forms.sql"),
        How::Index("client_stale_normal_form"),
    ),
    (16, "amendments", include_str!("../../migrations/0016_amendments.sql"), How::Whole),
    (17, "contact points", include_str!("../../migrations/0017_contact_points.sql"), How::Whole),
    (18, "reason codes", include_str!("../../migrations/0018_reason_codes.sql"), How::Whole),
    (19, "phone entered", include_str!("../../migrations/0019_phone_entered.sql"), How::Whole),
    (20, "undo rejection", include_str!("../../migrations/0020_undo_rejection.sql"), How::Whole),
    (
        21,
        "contact entries and former names",
        include_str!("../../migrations/0021_contact_entries_and_former_names.sql"),
        How::Whole,
    ),
    (
        22,
        "birth dates",
        include_str!("../../migrations/0022_birth_dates.sql"),
        How::Index("client_by_birth_date"),
    ),
    (
        23,
        "former names unknown",
        include_str!("../../migrations/0023_former_names_unknown.sql"),
        How::Index("client_former_names_unknown"),
    ),
    (
        24,
        "former names of history",
        include_str!("../../migrations/0024_former_names_of_history.sql"),
        How::Repeatable,
    ),
    (25, "former client", include_str!("../../migrations/0025_former_client.sql"), How::Whole),
    (
        26,
        "former client index",
        include_str!("../../migrations/0026_former_client_index.sql"),
        How::Index("client_by_former_client"),
    ),
    (
        27,
        "claims of documents",
        include_str!("../../migrations/0027_claims_of_documents.sql"),
        How::Repeatable,
    ),
    (
        30,
        "activity by time",
        include_str!("../../migrations/0030_activity_by_time.sql"),
        How::Index("client_history_by_time"),
    ),
    (
        31,
        "activity by actor",
        include_str!("../../migrations/0031_activity_by_actor.sql"),
        How::Index("client_history_by_actor"),
    ),
    (
        32,
        "activity by event",
        include_str!("../../migrations/0032_activity_by_event.sql"),
        How::Index("client_history_by_event"),
    ),
    (35, "sessions", include_str!("../../migrations/0035_sessions.sql"), How::Whole),
    (36, "work items", include_str!("../../migrations/0036_work_items.sql"), How::Whole),
    (
        37,
        "work items of before",
        include_str!("../../migrations/0037_work_items_of_before.sql"),
        How::Repeatable,
    ),
    (38, "saved views", include_str!("../../migrations/0038_saved_views.sql"), How::Whole),
    (39, "kyc statuses", include_str!("../../migrations/0039_kyc_statuses.sql"), How::Whole),
    (
        40,
        "kyc statuses of before",
        include_str!("../../migrations/0040_kyc_statuses_of_before.sql"),
        How::Repeatable,
    ),
    (41, "batches", include_str!("../../migrations/0041_batches.sql"), How::Whole),
    (42, "exports", include_str!("../../migrations/0042_exports.sql"), How::Whole),
    (43, "deleted batches", include_str!("../../migrations/0043_deleted_batches.sql"), How::Whole),
    (44, "requested documents", include_str!("../../migrations/0044_requested_documents.sql"), How::Whole),
    (45, "receivers", include_str!("../../migrations/0045_receivers.sql"), How::Whole),
    (
        46,
        "parts of addresses",
        include_str!("../../migrations/0046_parts_of_addresses.sql"),
        How::Letters("client_by_address"),
    ),
    (
        48,
        "clients without branch",
        include_str!("../../migrations/0048_clients_without_branch.sql"),
        How::Index("client_without_branch"),
    ),
    (
        49,
        "last names with creation",
        include_str!("../../migrations/0049_last_names_with_creation.sql"),
        How::Index("client_by_last_name_with_creation"),
    ),
    (
        50,
        "last names without creation",
        include_str!("../../migrations/0050_last_names_without_creation.sql"),
        How::Repeatable,
    ),
    (
        54,
        "pages by creation",
        include_str!("../../migrations/0054_pages_by_creation.sql"),
        How::Index("client_pages_by_creation"),
    ),
];

/// How a migration runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// In a transaction: all of it or nothing.
    Whole,
    /// As one statement outside of a transaction, `CREATE INDEX CONCURRENTLY IF NOT EXISTS`, which builds the index with this
    /// name while others write. A failed attempt leaves an invalid index, which is dropped and built again.
    Index(&'static str),
    /// The same for an index of texts by three letters at a time. Where the extension `pg_trgm` is not installed it is noted as
    /// done: the searches answer without it, as they do without the index of words.
    Letters(&'static str),
    /// As one statement outside of a transaction, while others write: one that commits batch by batch, or drops an index. It can
    /// be repeated.
    Repeatable,
}
