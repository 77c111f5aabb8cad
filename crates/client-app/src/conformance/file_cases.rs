//! The lists of cases about files and the places that hold them.

/// Calls a macro with every case of the suite for files, as [`conformance_cases`](crate::conformance_cases) does; a case
/// takes a `&dyn ContentsHarness`.
#[macro_export]
macro_rules! contents_cases {
    ($callback:ident) => {
        $callback! {
            contents {
                what_was_kept_comes_back
                a_large_content_comes_back_in_small_pieces
                tiny_pieces_make_a_whole
                what_was_never_kept_is_not_there
                bytes_that_break_off_keep_nothing
                a_keeping_that_is_given_up_keeps_nothing
                a_key_is_used_once
                keys_come_in_order_and_once
                deleted_content_is_not_there
                trashed_content_is_read_until_it_is_deleted
                restored_content_is_listed_again
                moving_an_absent_content_does_nothing
                content_deleted_while_it_is_read_does_not_end_early
                many_at_once_do_not_mix
            }
        }
    };
}

/// Calls a macro with every case of the suite for places outside of the database, as [`conformance_cases`](crate::conformance_cases) does; a case
/// takes a `&dyn PlaceHarness`.
#[macro_export]
macro_rules! place_cases {
    ($callback:ident) => {
        $callback! {
            places {
                new_place_belongs_to_no_installation
                claimed_place_keeps_its_installation
                marker_is_no_content
                place_claimed_at_once_belongs_to_one
            }
        }
    };
}
