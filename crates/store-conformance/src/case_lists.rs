//! The lists of all cases, for the macros that make tests of them.

/// Calls a macro with every case for stores of clients: `topic { case case … } topic { … } …`.
///
/// The path of a case is `store_conformance::cases::topic::case`, and it takes a `&dyn Harness`; see the
/// [crate](crate) for the few lines that make tests of them.
///
/// ```
/// macro_rules! count {
///     ($($topic:ident { $($case:ident)* })*) => {
///         [$((stringify!($topic), [$(stringify!($case)),*].len())),*]
///     };
/// }
/// let topics = store_conformance::store_cases!(count);
/// assert!(topics.iter().all(|(_, cases)| *cases > 0));
/// ```
#[macro_export]
macro_rules! store_cases {
    ($callback:ident) => {
        $callback! {
            commit {
                a_done_commit_is_seen_by_every_read
                what_is_not_committed_is_not_there
                a_commit_that_has_begun_runs_to_its_end
                an_update_replaces_the_version_that_was_read
                a_stale_update_writes_nothing
                a_version_from_the_future_is_stale
                an_update_of_nobody_is_stale
                a_key_is_given_once
                an_id_is_given_once
                an_updated_client_is_found_as_before
                stale_is_told_before_claim_taken
            }
            claims {
                exclusive_after_exclusive_is_refused
                exclusive_after_shared_is_refused
                shared_after_exclusive_is_done
                shared_after_shared_is_done_and_written
                every_kind_of_claim_is_refused_by_name
                only_claims_that_are_taken_are_named
                an_update_that_takes_another_s_claim_writes_nothing
                a_client_may_take_again_what_it_has
                a_claim_given_up_is_free
                a_claim_given_up_stays_with_the_others
                giving_up_what_another_has_does_nothing
                a_client_that_is_rejected_or_leaves_frees_its_claims
                a_client_that_is_barred_keeps_its_claims
                claimed_names_what_others_have
                a_claim_is_compared_to_its_last_character
            }
            idempotency {
                an_outcome_is_loaded_with_the_client
                an_outcome_is_loaded_without_the_client
                no_outcome_is_loaded_under_another_key
                a_repeated_commit_is_answered_with_the_stored_reply
                a_reply_of_any_shape_is_kept
                a_replay_is_told_before_stale
                a_replay_is_told_before_claim_taken
                a_creation_sent_again_is_replayed
                a_key_used_for_another_body_is_refused
                a_key_belongs_to_one_actor_and_one_command
                an_outcome_alone_is_kept
                a_refused_commit_leaves_its_key_free
            }
            reads {
                an_empty_store_is_empty
                several_clients_are_read_in_the_order_of_their_keys
                a_store_that_is_there_is_ready
                clock_of_a_store_does_not_go_back
                a_fresh_store_shares_nothing
                everybody_is_found_by_key_and_id
                a_key_is_taken_as_it_is
                a_reserved_number_is_nobody_s
            }
            round_trip {
                every_state_comes_back
                every_step_of_the_review_comes_back
                several_activations_come_back_in_order
                texts_in_any_script_come_back
                the_longest_and_the_shortest_values_come_back
                every_choice_comes_back
                moments_come_back_to_the_microsecond
            }
            makers {
                makers_come_back
                a_decision_leaves_no_makers
                a_full_set_of_makers_comes_back
                former_uploaders_come_back
            }
            documents {
                papers_come_back
                a_client_is_found_by_its_papers
                a_stale_update_writes_no_paper
                a_change_of_one_paper_leaves_the_others
                the_history_says_which_paper
                a_content_is_in_use_while_a_document_mentions_it
                the_status_of_papers_means_what_the_domain_says
                papers_run_out_on_the_day_of_the_search
            }
            expiry {
                who_is_due_has_a_document_to_be_told_of
                nobody_is_due_who_is_gone_or_was_turned_down
                who_is_due_comes_in_order_and_once
                who_is_due_was_told_of_too_early
                nobody_is_due_for_an_early_notice_who_is_gone
            }
            ledger {
                committed_content_leaves_the_queue
                replaced_content_enters_the_queue
                refused_commit_leaves_the_queue_alone
                replayed_commit_leaves_the_queue_alone
                kept_content_is_not_queued
                queued_content_keeps_its_first_moment
                queued_contents_come_in_order_and_once
                trashed_content_is_not_queued
                dequeued_content_is_no_candidate
                documents_are_counted
                installation_is_made_once
            }
            history {
                the_newest_line_comes_first
                a_limit_gives_the_newest
                before_gives_older_lines
                after_gives_newer_lines
                nobody_has_no_history
                each_client_has_its_own_history
                every_line_comes_back_unchanged
                an_empty_remark_is_still_a_remark
            }
            outbox {
                every_event_is_handed_out_unchanged
                a_refused_commit_tells_nothing
                events_of_a_client_come_in_order
                a_taken_event_comes_again_when_the_lease_ends
                a_delivered_event_never_comes_again
                a_late_note_counts
                a_limit_is_kept_and_nothing_is_lost
                a_later_event_waits_for_the_earlier
                a_new_event_waits_for_the_one_that_is_out
                after_a_lost_lease_the_earliest_comes_first
                only_what_was_not_delivered_comes_again
                clients_do_not_wait_for_each_other
                unknown_events_are_no_error
                a_refused_commit_does_not_hold_up_the_others
            }
            filters {
                every_operator_of_every_property_means_what_the_domain_says
                only_opposites_hold_where_there_is_no_value
                groups_combine_what_they_hold
                days_are_those_of_the_search
                an_age_changes_on_the_birthday
            }
            delivery {
                a_postponed_event_comes_again_at_its_moment
                a_postponed_event_holds_back_its_own_client_only
                an_earlier_event_does_not_wait_for_a_postponed_one
                an_untried_event_is_free_at_once
                every_taking_has_a_lease_of_its_own
                a_lost_lease_undoes_nothing
                a_lease_counts_until_somebody_else_takes
                a_settlement_counts_once
                a_late_delivery_counts
                one_of_two_settlements_at_once_counts
            }
            dead_letters {
                a_dead_letter_is_listed_as_it_is
                a_dead_letter_holds_back_its_own_client_only
                dead_letters_are_listed_page_by_page
                a_dead_letter_is_sent_again
                only_the_chosen_dead_letters_are_sent_again
                a_discarded_event_lets_the_later_ones_go_on
                what_is_alive_cannot_be_discarded
                only_delivered_events_are_forgotten
                the_backlog_tells_what_waits
            }
            search {
                no_condition_finds_everybody
                a_summary_shows_the_client_as_it_is
                states_find_who_is_in_one_of_them
                a_branch_finds_its_own
                a_period_holds_whole_days
                a_period_may_reach_to_the_end_of_the_calendar
                a_word_is_found_in_any_script
                wildcards_are_ordinary_characters
                a_word_is_looked_for_where_it_is_documented
                every_word_must_occur
                a_search_sees_the_client_as_it_is_now
                conditions_together_mean_what_the_domain_says
            }
            sorting {
                the_newest_come_first
                every_property_sorts_both_ways
                no_value_sorts_before_every_value
                the_id_breaks_ties
                properties_sort_one_after_the_other
                text_sorts_folded_by_code_points
                the_order_follows_a_change
            }
            paging {
                a_page_has_its_limit_and_says_what_follows
                skipping_gives_everybody_once
                following_gives_everybody_once
                following_works_by_several_properties
                a_position_outlives_its_client_s_place
                a_position_needs_no_client
                the_total_counts_everybody
                a_walk_meets_everybody_once_while_others_come
                a_walk_meets_everybody_once_while_others_change
            }
            concurrency {
                one_key_at_once_is_done_once
                one_changeset_at_once_is_done_once
                one_key_with_many_bodies_at_once_is_done_once
                one_version_is_replaced_once
                one_claim_is_taken_once
                claims_in_any_order_are_taken_once
                shared_claims_at_once_are_all_taken
                a_claim_passes_from_one_to_another_whole
                one_id_at_once_is_given_once
                different_clients_do_not_hinder_each_other
                numbers_reserved_at_once_are_different
                relays_share_the_events
            }
            isolation {
                a_load_sees_one_moment
                a_commit_is_seen_whole
                a_search_sees_one_moment
            }
        }
    };
}

/// Calls a macro with every case for storages of contents, as [`store_cases`](crate::store_cases) does; a case takes a
/// `&dyn ContentsHarness`.
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
/// takes a `&dyn LocationHarness`.
#[macro_export]
macro_rules! location_cases {
    ($callback:ident) => {
        $callback! {
            locations {
                new_place_belongs_to_no_installation
                claimed_place_keeps_its_installation
                marker_is_no_content
                place_claimed_at_once_belongs_to_one
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    type Topics = BTreeMap<String, Vec<String>>;

    macro_rules! listed {
        ($($topic:ident { $($case:ident)* })*) => {
            [$((stringify!($topic).to_owned(), vec![$(stringify!($case).to_owned()),*])),*]
        };
    }

    /// Every `pub async fn` in the folder of the cases, by file.
    fn written() -> Topics {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cases");
        let mut topics = Topics::new();
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let source = fs::read_to_string(&path).unwrap();
            let cases: Vec<_> = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn ")?.split_once('('))
                .map(|(name, _)| name.to_owned())
                .collect();
            if !cases.is_empty() {
                topics.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), cases);
            }
        }
        topics
    }

    #[test]
    fn every_case_that_is_written_is_listed() {
        let of_stores = crate::store_cases!(listed).into_iter();
        let of_contents = crate::contents_cases!(listed).into_iter().chain(crate::location_cases!(listed));
        let listed: Topics = of_stores.chain(of_contents).collect();
        assert_eq!(listed, written());
    }

    #[test]
    fn every_case_says_what_is_promised() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cases");
        for topic in written().keys() {
            let source = fs::read_to_string(folder.join(topic).with_extension("rs")).unwrap();
            let lines: Vec<_> = source.lines().collect();
            for pair in lines.windows(2).filter(|pair| pair[1].starts_with("pub async fn ")) {
                assert!(pair[0].starts_with("/// "), "{topic}: {}", pair[1]);
            }
        }
    }
}
