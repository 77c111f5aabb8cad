//! The list of all cases for stores of clients, for the macro that makes tests of them.

/// Calls a macro with every case for stores of clients: `topic { case case … } topic { … } …`. The path of a case is
/// `store_conformance::cases::topic::case`, and it takes a `&dyn Harness`; the [crate] shows the few lines that make tests.
///
/// ```
/// macro_rules! count {
///     ($($topic:ident { $($case:ident)* })*) => { [$([$(stringify!($case)),*].len()),*] };
/// }
/// assert!(store_conformance::store_cases!(count).iter().all(|cases| *cases > 0));
/// ```
#[macro_export]
macro_rules! store_cases {
    ($callback:ident) => {
        $callback! {
            commit {
                committed_changes_are_visible_to_every_read uncommitted_changes_are_not_visible
                begun_commit_outlives_its_caller an_update_replaces_the_version_that_was_read
                a_stale_update_writes_nothing a_version_from_the_future_is_stale
                update_of_an_unknown_client_is_stale client_key_is_given_once client_id_is_given_once
                an_updated_client_is_found_as_before stale_comes_before_claim_taken
            }
            claims {
                exclusive_after_exclusive_is_refused exclusive_after_shared_is_refused
                shared_after_exclusive_is_done shared_after_shared_is_done_and_written
                every_kind_of_claim_is_refused_by_name only_claims_that_are_taken_are_named
                update_that_takes_a_held_claim_writes_nothing client_may_retake_its_own_claim
                released_claim_is_free released_claim_stays_with_its_other_holders
                release_of_a_foreign_claim_does_nothing rejected_or_exited_client_releases_its_claims
                undone_rejection_takes_the_claims_again blacklisted_client_keeps_its_claims
                claimed_answers_the_claims_of_other_clients a_claim_is_compared_to_its_last_character
            }
            returns {
                former_record_of_a_client_comes_back a_record_returns_once
                rejected_return_frees_the_record exited_return_keeps_the_record
                client_is_found_by_its_former_record concurrent_returns_are_done_once
                the_ending_is_read_with_the_client
                the_record_that_returned_is_read_with_the_client
            }
            idempotency {
                an_outcome_is_loaded_with_the_client an_outcome_is_loaded_without_the_client
                no_outcome_is_loaded_under_another_key a_repeated_commit_is_answered_with_the_stored_reply
                a_reply_of_any_shape_is_kept replay_comes_before_stale replay_comes_before_claim_taken
                a_creation_sent_again_is_replayed a_key_used_for_another_body_is_refused
                a_key_belongs_to_one_actor_and_one_command an_outcome_alone_is_kept
                a_refused_commit_leaves_its_key_free
            }
            reads {
                an_empty_store_is_empty several_clients_are_read_in_the_order_of_their_keys reachable_store_is_ready
                clock_of_a_store_does_not_go_back a_fresh_store_shares_nothing every_client_is_found_by_key_and_id
                a_key_is_taken_as_it_is reserved_id_belongs_to_no_client
            }
            round_trip {
                every_state_comes_back every_step_of_the_review_comes_back
                several_activations_come_back_in_order entered_phone_numbers_come_back texts_in_any_script_come_back
                the_longest_and_the_shortest_values_come_back
                every_choice_comes_back
                moments_come_back_to_the_microsecond
            }
            amendments {
                open_amendments_come_back corrected_values_come_back verified_values_come_back
                client_is_found_by_its_open_amendment client_is_found_by_outdated_evidence
                values_come_back_with_their_line refused_commit_writes_no_values
            }
            look_alikes { look_alikes_by_name_are_found }
            earlier_values { corrected_numbers_come_back replaced_addresses_come_back }
            reasons {
                codes_come_back_with_their_line codes_of_rejections_come_back code_of_an_amendment_comes_back
                final_rejection_stays_final
            }
            makers {
                makers_come_back a_decision_leaves_no_makers an_undone_rejection_keeps_its_makers
                a_full_set_of_makers_comes_back former_uploaders_come_back
            }
            documents {
                documents_come_back
                client_is_found_by_its_documents_and_addresses
                stale_update_writes_no_document
                change_of_one_document_leaves_the_others
                history_names_the_document
                content_is_in_use_while_a_document_names_it
                document_status_agrees_with_the_domain
                documents_expire_by_the_day_of_the_search
            }
            expiry {
                client_with_an_unnoticed_expiry_is_due
                rejected_document_or_final_state_is_not_due
                due_clients_come_in_key_order_once
                premature_notice_is_due
                premature_notice_in_a_final_state_is_not_due
            }
            ledger {
                committed_content_leaves_the_queue replaced_content_enters_the_queue
                refused_commit_leaves_the_queue_alone replayed_commit_leaves_the_queue_alone
                kept_content_is_not_queued
                queued_content_keeps_its_first_moment
                queued_contents_come_in_order_and_once
                trashed_content_is_not_queued
                dequeued_content_is_no_candidate
                documents_are_counted
                installation_is_made_once
            }
            activity {
                lines_of_all_clients_come_newest_first
                pages_give_each_line_once
                position_needs_no_line
                filters_give_exactly_their_lines
                only_committed_lines_are_there
            }
            tally {
                groups_have_the_numbers_of_the_domain
                bounded_tally_is_a_lower_bound
            }
            history {
                the_newest_line_comes_first
                a_limit_gives_the_newest
                events_give_their_lines
                before_gives_older_lines
                after_gives_newer_lines
                unknown_client_has_no_history
                each_client_has_its_own_history
                every_line_comes_back_unchanged
                an_empty_remark_is_still_a_remark
            }
            outbox {
                every_event_is_taken_unchanged
                refused_commit_writes_no_event
                events_of_a_client_come_in_order
                taken_event_returns_when_its_lease_ends
                delivered_event_never_returns
                delivery_reported_after_its_lease_counts
                a_limit_is_kept_and_nothing_is_lost
                a_later_event_waits_for_the_earlier
                new_event_waits_for_the_leased_one
                after_a_lost_lease_the_earliest_comes_first
                only_undelivered_events_return
                clients_do_not_wait_for_each_other
                unknown_events_are_no_error
                refused_commit_does_not_block_other_events
            }
            filters {
                every_operator_of_every_property_agrees_with_the_domain
                only_opposites_hold_where_there_is_no_value
                groups_combine_what_they_hold
                days_are_those_of_the_search
                days_are_those_of_the_calendar
                a_day_that_was_left_out_holds_nothing
                an_age_changes_on_the_birthday
                a_phone_number_is_found_in_every_form
            }
            former_names {
                former_names_find_the_client
            }
            delivery {
                postponed_event_returns_at_its_moment
                a_postponed_event_holds_back_its_own_client_only
                an_earlier_event_does_not_wait_for_a_postponed_one
                untried_event_is_free_immediately
                every_take_has_its_own_lease
                settlement_under_a_lost_lease_changes_nothing
                expired_lease_counts_until_the_next_take
                a_settlement_counts_once
                delivery_under_a_lost_lease_counts
                one_of_two_concurrent_settlements_counts
            }
            dead_letters {
                a_dead_letter_is_listed_as_it_is
                a_dead_letter_holds_back_its_own_client_only
                dead_letters_are_listed_page_by_page
                a_dead_letter_is_sent_again
                only_the_chosen_dead_letters_are_sent_again
                discarded_event_unblocks_the_later_ones
                only_dead_letters_can_be_discarded
                only_delivered_events_are_deleted
                deletion_goes_on_after_what_is_kept
                backlog_counts_what_waits
            }
            receivers {
                new_receiver_gets_events_from_its_registration_on filtered_event_leaves_no_gap
                a_filter_is_replaced_for_later_commits receiver_that_is_down_holds_up_no_other
                events_of_a_client_come_in_order_to_each_receiver relays_of_a_receiver_share_its_events
                a_dead_letter_blocks_its_own_receiver_only dead_letters_of_several_receivers_are_told_apart
                each_receiver_has_a_backlog event_is_deleted_after_its_last_receiver
                forgotten_receiver_frees_the_outbox
            }
            search {
                empty_predicate_finds_every_client
                a_summary_shows_the_client_as_it_is
                states_find_the_clients_in_any_of_them
                branch_finds_its_clients
                a_period_holds_whole_days
                a_period_may_reach_to_the_end_of_the_calendar
                a_word_is_found_in_any_script
                wildcards_are_ordinary_characters
                word_matches_in_the_documented_fields_only
                every_word_must_occur
                a_search_sees_the_client_as_it_is_now
                combined_conditions_agree_with_the_domain
            }
            spellings {
                spellings_of_a_name_are_one
                names_without_blanks_are_found
                first_and_last_name_are_found_without_the_middle
                passport_spellings_are_found
                spellings_of_a_number_are_one
                names_of_a_kind_of_document_are_one
                spellings_of_a_mailbox_are_one
                what_has_nothing_to_compare_is_no_question
                second_spelling_of_a_claimed_value_is_refused
                spellings_sort_alike
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
                skipping_returns_every_client_once
                following_returns_every_client_once
                following_works_by_several_properties
                position_outlives_a_move_of_its_client
                a_position_needs_no_client
                total_counts_every_match
                bounded_total_ends_at_its_bound
                walk_returns_every_client_once_during_inserts
                walk_returns_every_client_once_during_updates
            }
            concurrency {
                concurrent_commits_under_one_key_are_done_once
                concurrent_copies_of_a_changeset_are_done_once
                concurrent_bodies_under_one_key_are_done_once
                one_version_is_replaced_once
                one_claim_is_taken_once
                claims_in_any_order_are_taken_once
                concurrent_shared_claims_are_all_taken
                claim_passes_between_clients_atomically
                concurrent_inserts_with_one_id_are_done_once
                unrelated_commits_are_all_done
                concurrently_reserved_ids_differ
                relays_share_the_events
            }
            sessions {
                session_comes_back_as_it_was_opened an_idle_session_is_not_found
                a_session_ends_however_often_it_is_touched a_touch_never_goes_back
                an_ended_session_is_not_touched an_id_opens_one_session ended_session_is_gone
                every_session_of_a_person_ends a_provider_ends_its_own_sessions
                only_what_has_ended_is_removed sessions_write_no_client
            }
            work_items {
                queue_agrees_with_the_domain_after_every_commit
                requested_approvals_wait_until_they_are_decided reviews_wait_until_they_are_done
                refused_commit_leaves_the_queue_of_work_alone pages_of_the_queue_return_every_item_once
                claim_holds_until_its_end claim_is_renewed_by_its_holder claim_is_released_by_its_holder
                concurrent_claims_of_an_item_have_one_holder only_ended_claims_are_removed
                claims_of_work_write_no_client
            }
            saved_views {
                views_come_back_to_those_who_see_them last_save_of_a_name_counts deleted_view_is_gone
                views_are_bounded concurrent_saves_of_a_name_keep_one saved_views_write_no_client
            }
            batches {
                batches_come_back an_id_is_announced_once open_batches_are_limited a_version_of_a_batch_is_replaced_once
                one_batch_of_a_person_runs batches_come_newest_first batches_at_work_are_found waiting_batches_are_found
                only_ended_batches_are_removed ids_of_executed_batches_are_kept batches_write_no_client
            }
            batch_pieces {
                one_upload_adds_pieces pieces_come_back_in_order refused_pieces_are_found a_piece_is_leased_to_one
                concurrent_takers_share_the_pieces work_follows_the_state a_piece_is_settled_once
                only_begun_pieces_are_recovered progress_adds_up
            }
            selection {
                a_selection_is_what_a_search_finds commits_during_a_selection_are_not_seen
                a_selection_comes_in_small_pieces a_selection_ends_at_its_time_limit
                a_dropped_selection_leaves_the_store_as_it_was
            }
            export_log {
                exports_come_back_newest_first an_export_begins_once an_export_ends_once exports_write_no_client
            }
            counts {
                every_grouping_agrees_with_the_domain every_condition_restricts_a_count
                bounded_count_is_a_lower_bound counts_follow_the_commits
            }
            kyc_statuses {
                renewal_changes_no_answer status_follows_the_commits_after_a_renewal
            }
            contact_points {
                verified_contact_points_come_back who_entered_contact_points_comes_back
            }
            isolation {
                a_load_sees_one_moment a_commit_is_seen_whole a_search_sees_one_moment
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
