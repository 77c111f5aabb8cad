//! The allowed actions that a caller sees match what the commands answer, for every state, caller, set of permissions
//! and setting.
//!
//! Every case of the walk is a client, a caller and a bank. In each of them every command is tried, as a dry
//! run and for real, and compared with the actions query and with `allowedActions` of the client and of refusals.

mod case;
mod situation;

use std::sync::Arc;

use adapter_inmem::MemoryStore;
use client_app::ports::ClientStore;
use client_app::{OnDuplicate, Policy};
use client_domain::{Permission, Permissions};

use self::case::Case;
use self::situation::{CALLERS, KYC, SITUATIONS};
use crate::kyc_documents::fixtures::Postgres;

/// All permissions, all but one, and one together with the read permission.
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
            // Cases that share a store have the same values.
            same_identification: OnDuplicate::Off,
            same_email: OnDuplicate::Off,
            ..Policy::default()
        })
        .to_vec()
}

/// Every case with these permissions and settings; how many there were, and how many commands were done.
fn walk(permissions: &[Permissions], settings: &[Policy]) -> Vec<Case> {
    let mut cases = Vec::new();
    for situation in SITUATIONS {
        for kyc in KYC {
            let client = situation.client(kyc);
            for caller in CALLERS {
                for permissions in permissions {
                    for policy in settings {
                        cases.push(Case::new(
                            (client.clone(), situation),
                            caller,
                            permissions.clone(),
                            *policy,
                            kyc,
                        ));
                    }
                }
            }
        }
    }
    cases
}

/// Checks cases on several threads; returns how many commands were done.
async fn check_all(cases: Vec<Case>) -> usize {
    let share = cases.len().div_ceil(4);
    let mut rest = cases;
    let mut threads = Vec::new();
    while !rest.is_empty() {
        let part = rest.split_off(rest.len().saturating_sub(share));
        threads.push(tokio::spawn(async move {
            let mut done = 0;
            for case in part {
                let fresh = || Arc::new(MemoryStore::new()) as Arc<dyn ClientStore>;
                done += case.check(&fresh).await;
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
async fn allowed_actions_match_the_commands() {
    let cases = walk(&permissions(), &settings(false));
    let count = cases.len();
    let done = check_all(cases).await;
    println!("{count} cases, {done} commands done");
    assert!(count >= 30_240 && done >= 20_000, "{count} cases, {done} commands done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decision_that_needs_a_version_reports_it() {
    let only = |permission| [Permission::Read, permission].into_iter().collect();
    let some = [Permissions::all(), only(Permission::Approve), only(Permission::KycReview)];
    let cases = walk(&some, &settings(true));
    let count = cases.len();
    let done = check_all(cases).await;
    println!("{count} cases, {done} commands done");
    assert!(count >= 4_320 && done >= 3_000, "{count} cases, {done} commands done");
}

/// A share of the cases again on PostgreSQL, which checks commits itself.
#[tokio::test(flavor = "multi_thread")]
async fn allowed_actions_match_the_commands_on_postgresql() {
    let database = Postgres::start().await;
    let cases = walk(&[Permissions::all()], &settings(false));
    let mut done = 0;
    let mut count = 0;
    for (n, case) in (1..).zip(cases).step_by(7) {
        let store = || Arc::new(database.store.clone()) as Arc<dyn ClientStore>;
        done += case.renumbered(n).check(&store).await;
        count += 1;
    }
    println!("{count} cases, {done} commands done");
    assert!(count >= 160 && done >= 160, "{count} cases, {done} commands done");
}
