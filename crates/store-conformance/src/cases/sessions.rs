//! Sessions of people: found until they end.

use client_app::Caller;
use client_app::ports::{ProviderLogout, ReceiverName, Session, SessionMoment};
use client_domain::value::BranchKey;
use client_domain::{Actor, Permission, Permissions};
use jiff::SignedDuration;

use super::given::given_pending;
use super::observed::{all_clients, find, history_of};
use crate::fixtures::sessions::{session, session_of_provider};
use crate::fixtures::{applicant, email, moment};
use crate::harness::{Fresh, Harness};

const IDLE: SignedDuration = SignedDuration::from_secs(100);

fn at(second: i64) -> SessionMoment {
    SessionMoment::new(moment(second), IDLE)
}

async fn open(fresh: &Fresh, sessions: &[Session]) {
    for session in sessions {
        fresh.sessions.open_session(session).await.unwrap();
    }
}

async fn found(fresh: &Fresh, session: &Session, second: i64) -> Option<Session> {
    fresh.sessions.find_session(&session.id, at(second)).await.unwrap()
}

/// Which of these sessions are found at second 1.
async fn left(fresh: &Fresh, sessions: &[Session]) -> Vec<u8> {
    let mut left = Vec::new();
    for session in sessions {
        left.extend(found(fresh, session, 1).await.map(|session| session.id.0[0]));
    }
    left
}

/// A session is found as it was opened: with or without what may be absent, with any permissions, to the microsecond.
pub async fn session_comes_back_as_it_was_opened(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut whole = session_of_provider(1, "https://id.example/realms/bank", "5f2c 'é'", Some("s-1"));
    whole.caller = Caller {
        actor: Actor { email: Some(email("ada@example.com")), ..whole.caller.actor },
        permissions: [Permission::Read, Permission::KycReview].into_iter().collect(),
        branch: Some(BranchKey::parse("lagos-1").unwrap()),
    };
    whole.opened_at = moment(0) + SignedDuration::from_micros(123_456);
    whole.sealed = Some(vec![0, 255, 7]);
    let mut empty = session(2, "bola");
    empty.caller.permissions = Permissions::default();
    empty.sealed = Some(Vec::new());
    let plain = session_of_provider(3, "https://id.example", "5f2c", None);
    open(&fresh, &[whole.clone(), empty.clone(), plain.clone()]).await;
    for opened in [&whole, &empty, &plain] {
        assert_eq!(found(&fresh, opened, 1).await.as_ref(), Some(opened));
    }
    let unknown = session(9, "ada");
    assert_eq!(found(&fresh, &unknown, 1).await, None);
}

/// A session that was not seen for too long is not found. Exactly as long is not too long.
pub async fn an_idle_session_is_not_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = session(1, "ada");
    open(&fresh, std::slice::from_ref(&ada)).await;
    assert!(found(&fresh, &ada, 100).await.is_some());
    assert!(found(&fresh, &ada, 101).await.is_none());
    assert!(!fresh.sessions.touch_session(&ada.id, at(101)).await.unwrap(), "what has ended stays so");
    assert!(found(&fresh, &ada, 101).await.is_none());
    let without = SessionMoment::without_idle(moment(999));
    assert!(fresh.sessions.find_session(&ada.id, without).await.unwrap().is_some());
}

/// A session ends at its end, and not a moment later, whenever the person was last seen.
pub async fn a_session_ends_however_often_it_is_touched(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = session(1, "ada");
    open(&fresh, std::slice::from_ref(&ada)).await;
    for second in (50..1_000).step_by(50) {
        assert!(fresh.sessions.touch_session(&ada.id, at(second)).await.unwrap());
    }
    let last_seen = Session { last_seen: moment(950), ..ada.clone() };
    assert_eq!(found(&fresh, &ada, 999).await, Some(last_seen));
    assert_eq!(found(&fresh, &ada, 1_000).await, None);
    assert!(!fresh.sessions.touch_session(&ada.id, at(1_000)).await.unwrap());
}

/// When a person was last seen never goes back, and only the touched session changes.
pub async fn a_touch_never_goes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, bola) = (session(1, "ada"), session(2, "bola"));
    open(&fresh, &[ada.clone(), bola.clone()]).await;
    for second in [80, 20, 60] {
        assert!(fresh.sessions.touch_session(&ada.id, at(second)).await.unwrap());
    }
    assert_eq!(found(&fresh, &ada, 90).await.unwrap().last_seen, moment(80));
    assert_eq!(found(&fresh, &bola, 90).await, Some(bola));
}

/// A session that has ended is not touched, and a touch opens none.
pub async fn an_ended_session_is_not_touched(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = session(1, "ada");
    assert!(!fresh.sessions.touch_session(&ada.id, at(1)).await.unwrap());
    open(&fresh, std::slice::from_ref(&ada)).await;
    assert!(fresh.sessions.end_session(&ada.id).await.unwrap());
    assert!(!fresh.sessions.touch_session(&ada.id, at(1)).await.unwrap());
    assert_eq!(found(&fresh, &ada, 1).await, None);
}

/// A session whose id is there already stays as it is.
pub async fn an_id_opens_one_session(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, bola) = (session(1, "ada"), session(1, "bola"));
    open(&fresh, &[ada.clone(), bola]).await;
    assert_eq!(found(&fresh, &ada, 1).await, Some(ada));
}

/// A session that was ended is gone, and ends once.
pub async fn ended_session_is_gone(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (ada, bola) = (session(1, "ada"), session(2, "ada"));
    open(&fresh, &[ada.clone(), bola.clone()]).await;
    assert!(fresh.sessions.end_session(&ada.id).await.unwrap());
    assert!(!fresh.sessions.end_session(&ada.id).await.unwrap());
    assert_eq!(left(&fresh, &[ada, bola]).await, [2]);
}

/// Every session of a person ends, and none of another.
pub async fn every_session_of_a_person_ends(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let all = [session(1, "ada"), session(2, "bola"), session(3, "ada"), session(4, "Ada")];
    open(&fresh, &all).await;
    assert_eq!(fresh.sessions.end_sessions_of(&all[0].caller.actor.id).await.unwrap(), 2);
    assert_eq!(fresh.sessions.end_sessions_of(&all[0].caller.actor.id).await.unwrap(), 0);
    assert_eq!(left(&fresh, &all).await, [2, 4]);
}

/// A provider ends one session, or all of a person, and never one of another provider.
pub async fn a_provider_ends_its_own_sessions(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let all = [
        session_of_provider(1, "a", "ada", Some("s-1")),
        session_of_provider(2, "a", "ada", Some("s-2")),
        session_of_provider(3, "a", "ada", None),
        session_of_provider(4, "b", "ada", Some("s-1")),
        session_of_provider(5, "a", "bola", Some("s-3")),
        session(6, "ada"),
    ];
    open(&fresh, &all).await;
    let issuer = "a".to_owned();
    let session = |subject: Option<&str>| ProviderLogout::Session {
        issuer: issuer.clone(),
        session: "s-1".to_owned(),
        subject: subject.map(str::to_owned),
    };
    assert_eq!(fresh.sessions.end_provider_sessions(&session(None)).await.unwrap(), 1);
    assert_eq!(left(&fresh, &all).await, [2, 3, 4, 5, 6]);
    // The third one may be the session at the provider; that of another person is none.
    for (subject, ended) in [("bola", 0), ("ada", 1)] {
        assert_eq!(fresh.sessions.end_provider_sessions(&session(Some(subject))).await.unwrap(), ended);
    }
    assert_eq!(left(&fresh, &all).await, [2, 4, 5, 6]);
    let person = ProviderLogout::Subject { issuer: issuer.clone(), subject: "ada".to_owned() };
    assert_eq!(fresh.sessions.end_provider_sessions(&person).await.unwrap(), 1);
    assert_eq!(left(&fresh, &all).await, [4, 5, 6]);
    for unknown in ["never-opened '%", "nul\0"] {
        let unknown = ProviderLogout::Subject { issuer: issuer.clone(), subject: unknown.to_owned() };
        assert_eq!(fresh.sessions.end_provider_sessions(&unknown).await.unwrap(), 0);
    }
}

/// Only sessions that have ended are removed, a limited number at a time.
pub async fn only_what_has_ended_is_removed(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let seen = |n: u8, second: i64| Session { last_seen: moment(second), ..session(n, "ada") };
    let all = [seen(1, 0), seen(2, 40), seen(3, 60), Session { ends_at: moment(150), ..seen(4, 90) }];
    open(&fresh, &all).await;
    let remove = async |limit| fresh.sessions.remove_ended(at(150), limit).await.unwrap();
    assert_eq!(remove(0).await, 0);
    assert_eq!(remove(1).await, 1);
    assert_eq!(remove(100).await, 2);
    assert_eq!(remove(100).await, 0);
    let mut left = Vec::new();
    for session in &all {
        // At a moment before any of them had ended.
        let early = SessionMoment::without_idle(moment(1));
        left.extend(fresh.sessions.find_session(&session.id, early).await.unwrap().map(|one| one.id.0[0]));
    }
    assert_eq!(left, [3]);
}

/// Nothing that happens to sessions changes a client, its history or its events.
pub async fn sessions_write_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let before = (all_clients(&*fresh.store).await, history_of(&*fresh.store, client.key()).await);
    let ada = session(1, "ada");
    open(&fresh, std::slice::from_ref(&ada)).await;
    assert!(fresh.sessions.touch_session(&ada.id, at(1)).await.unwrap());
    assert!(fresh.sessions.end_session(&ada.id).await.unwrap());
    let after = (all_clients(&*fresh.store).await, history_of(&*fresh.store, client.key()).await);
    assert_eq!(after, before);
    assert_eq!(find(&*fresh.store, &client).await, Some(client));
    assert_eq!(fresh.outbox.take(&ReceiverName::DEFAULT, 9, moment(9), moment(10)).await.unwrap().len(), 1);
}
