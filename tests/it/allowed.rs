//! What a caller is told that could be done is what the commands then say, wherever a client stands, whoever asks, with
//! whatever permissions and settings.
//!
//! Every cell of the walk is a client, a caller and a bank. In each of them every command is tried, dry and for good, and
//! held against the actions query and against `allowedActions` of the client itself and of refusals.

mod cell;
mod stand;

use std::sync::Arc;

use adapter_inmem::MemoryStore;
use client_app::Policy;
use client_app::ports::ClientStore;
use client_domain::{Permission, Permissions};

use self::cell::Cell;
use self::stand::{CALLERS, KYC, STANDS};
use crate::papers::ground::Postgres;

/// Everything, everything but one, and one besides the permission to look.
fn permissions() -> Vec<Permissions> {
    let all = Permission::ALL;
    let but_one = all.into_iter().map(|one| all.into_iter().filter(|other| *other != one).collect());
    let only = all.into_iter().map(|one| [Permission::Read, one].into_iter().collect());
    std::iter::once(Permissions::all()).chain(but_one).chain(only).collect()
}

fn settings(decisions_need_version: bool) -> Vec<Policy> {
    let flags = [(true, false), (true, true), (false, false), (false, true)];
    flags
        .map(|(four_eyes, approval_needs_request)| Policy {
            four_eyes,
            approval_needs_request,
            decisions_need_version,
            ..Policy::default()
        })
        .to_vec()
}

/// Every cell with these permissions and settings; how many there were, and how many commands were done.
fn walk(permissions: &[Permissions], settings: &[Policy]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for stand in STANDS {
        for kyc in KYC {
            let client = stand.client(kyc);
            for caller in CALLERS {
                for permissions in permissions {
                    for policy in settings {
                        cells.push(Cell::new(client.clone(), caller, permissions.clone(), *policy, kyc));
                    }
                }
            }
        }
    }
    cells
}

/// Judges cells on several threads; how many commands were done.
async fn judged(cells: Vec<Cell>) -> usize {
    let share = cells.len().div_ceil(4);
    let mut rest = cells;
    let mut threads = Vec::new();
    while !rest.is_empty() {
        let part = rest.split_off(rest.len().saturating_sub(share));
        threads.push(tokio::spawn(async move {
            let mut done = 0;
            for cell in part {
                let fresh = || Arc::new(MemoryStore::new()) as Arc<dyn ClientStore>;
                done += cell.judge(&fresh).await;
            }
            done
        }));
    }
    let mut done = 0;
    for thread in threads {
        done += thread.await.unwrap();
    }
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_to_be_allowed_is_what_the_commands_say() {
    let cells = walk(&permissions(), &settings(false));
    let count = cells.len();
    let done = judged(cells).await;
    println!("{count} cells, {done} commands done");
    assert!(count >= 30_240 && done >= 20_000, "{count} cells, {done} commands done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_that_needs_a_version_says_so() {
    let only = |permission| [Permission::Read, permission].into_iter().collect();
    let some = [Permissions::all(), only(Permission::Approve), only(Permission::KycReview)];
    let cells = walk(&some, &settings(true));
    let count = cells.len();
    let done = judged(cells).await;
    println!("{count} cells, {done} commands done");
    assert!(count >= 4_320 && done >= 3_000, "{count} cells, {done} commands done");
}

/// A share of the cells once more, where the database has its own say.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_holds_on_postgresql() {
    let database = Postgres::start().await;
    let cells = walk(&[Permissions::all()], &settings(false));
    let mut done = 0;
    let mut count = 0;
    for (n, cell) in (1..).zip(cells).step_by(7) {
        let store = || Arc::new(database.store.clone()) as Arc<dyn ClientStore>;
        done += cell.renumbered(n).judge(&store).await;
        count += 1;
    }
    println!("{count} cells, {done} commands done");
    assert!(count >= 160 && done >= 160, "{count} cells, {done} commands done");
}
