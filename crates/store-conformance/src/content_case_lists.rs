//! The lists of all cases for storages of contents, for the macros that make tests of them.

/// Calls a macro with every case for storages of contents, as [`store_cases`](crate::store_cases) does; a case takes a
/// `&dyn ContentsHarness`.
#[macro_export]
macro_rules! contents_cases {
    ($callback:ident) => {
        $callback! {
            contents {
                stored_content_comes_back
                a_large_content_comes_back_in_small_pieces
                tiny_pieces_make_a_whole
                unknown_content_is_not_found
                broken_upload_stores_nothing
                abandoned_upload_stores_nothing
                content_key_is_used_once
                keys_come_in_order_and_once
                deleted_content_is_not_found
                trashed_content_is_read_until_it_is_deleted
                restored_content_is_listed_again
                moving_an_unknown_content_does_nothing
                content_deleted_while_it_is_read_does_not_end_early
                concurrent_uploads_do_not_mix
            }
        }
    };
}

/// Calls a macro with every case for storages of contents outside of the database, as
/// [`store_cases`](crate::store_cases) does; a case takes a `&dyn LocationHarness`.
#[macro_export]
macro_rules! location_cases {
    ($callback:ident) => {
        $callback! {
            locations {
                new_location_belongs_to_no_installation
                claimed_location_keeps_its_installation
                marker_is_no_content
                confirmed_text_is_the_last_that_was_kept
                concurrent_claims_of_a_location_have_one_winner
            }
        }
    };
}
