//! Compile-time checks of the table: an invalid row fails the build.

#![expect(
    clippy::indexing_slicing,
    reason = "an index that is wrong here stops the build, which is the point"
)]

use super::action::Action;
use super::state::ClientState;
use super::table::{TRANSITIONS, Transition};

const _: () = {
    let mut at = 0;
    while at < TRANSITIONS.len() {
        let row = &TRANSITIONS[at];
        assert!(!leaves_a_final_state(row), "a row leads out of a final state");
        assert!(is_creation(row) == row.from.is_none(), "creation, and only it, starts from nothing");
        assert!(!stays(row), "a row leads back to its own state");
        assert!(!occurs_later(row, at), "a state and an action have two rows");
        at += 1;
    }
    let mut at = 0;
    while at < ClientState::ALL.len() {
        let state = ClientState::ALL[at];
        assert!(is_reachable(state), "no row leads to a state");
        assert!(state.is_final() || has_way_out(state), "no row leads out of a state that is not final");
        at += 1;
    }
};

const fn is_creation(row: &Transition) -> bool {
    matches!(row.action, Action::Create)
}

const fn leaves_a_final_state(row: &Transition) -> bool {
    match row.from {
        Some(from) => from.is_final(),
        None => false,
    }
}

const fn stays(row: &Transition) -> bool {
    starts_from(row, row.to)
}

const fn starts_from(row: &Transition, state: ClientState) -> bool {
    match row.from {
        Some(from) => from.number() == state.number(),
        None => false,
    }
}

const fn same_start(one: &Transition, other: &Transition) -> bool {
    match one.from {
        Some(from) => starts_from(other, from),
        None => other.from.is_none(),
    }
}

const fn occurs_later(row: &Transition, at: usize) -> bool {
    let mut later = at + 1;
    while later < TRANSITIONS.len() {
        let other = &TRANSITIONS[later];
        if same_start(row, other) && row.action as u8 == other.action as u8 {
            return true;
        }
        later += 1;
    }
    false
}

const fn has_way_out(state: ClientState) -> bool {
    let mut at = 0;
    while at < TRANSITIONS.len() {
        if starts_from(&TRANSITIONS[at], state) {
            return true;
        }
        at += 1;
    }
    false
}

/// Follows the rows from the creation, in as many rounds as there are states.
const fn is_reachable(wanted: ClientState) -> bool {
    let mut reached = [false; 8];
    let mut round = 0;
    while round <= ClientState::ALL.len() {
        let mut at = 0;
        while at < TRANSITIONS.len() {
            let row = &TRANSITIONS[at];
            let started = match row.from {
                Some(from) => reached[from.number() as usize],
                None => true,
            };
            if started {
                reached[row.to.number() as usize] = true;
            }
            at += 1;
        }
        round += 1;
    }
    reached[wanted.number() as usize]
}
