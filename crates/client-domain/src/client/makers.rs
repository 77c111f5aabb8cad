use crate::actor::ActorId;
use crate::event::kind::EventKind;
use crate::person::Person;

/// A way in which a person can touch a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Touch {
    /// Created the client.
    Created,
    /// Requested its approval, or undid its rejection.
    Requested,
    /// Changed its details.
    Updated,
    /// Submitted a document, or replaced the file of one.
    Documents,
    /// Submitted address information.
    Addresses,
    /// Blacklisted it.
    Blacklisted,
    /// Lifted its blacklisting.
    BlacklistLifted,
    /// Approved it while being a maker, with four eyes switched off.
    ApprovedAlone,
}

impl Touch {
    /// Every way, in the order of its bit.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Requested,
        Self::Updated,
        Self::Documents,
        Self::Addresses,
        Self::Blacklisted,
        Self::BlacklistLifted,
        Self::ApprovedAlone,
    ];

    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Requested => "requested",
            Self::Updated => "updated",
            Self::Documents => "documents",
            Self::Addresses => "addresses",
            Self::Blacklisted => "blacklisted",
            Self::BlacklistLifted => "blacklistLifted",
            Self::ApprovedAlone => "approvedAlone",
        }
    }

    /// A predicate about the caller, to follow "you".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Created => "created the client",
            Self::Requested => "requested its approval or undid its rejection",
            Self::Updated => "changed its details",
            Self::Documents => "submitted or replaced one of its documents",
            Self::Addresses => "submitted address information for it",
            Self::Blacklisted => "blacklisted it",
            Self::BlacklistLifted => "removed it from the blacklist",
            Self::ApprovedAlone => "approved it alone after working on it",
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Created => 1,
            Self::Requested => 1 << 1,
            Self::Updated => 1 << 2,
            Self::Documents => 1 << 3,
            Self::Addresses => 1 << 4,
            Self::Blacklisted => 1 << 5,
            Self::BlacklistLifted => 1 << 6,
            Self::ApprovedAlone => 1 << 7,
        }
    }
}

/// All the ways in which one person has touched a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<Touch>", into = "Vec<Touch>"))]
pub struct Touches(u16);

impl Touches {
    /// Reads the bits of [`Touches::bits`]; `None` for an unknown bit.
    pub fn from_bits(bits: u16) -> Option<Self> {
        let known = Touch::ALL.iter().fold(0, |all, touch| all | touch.bit());
        (bits & !known == 0).then_some(Self(bits))
    }

    /// One bit for each way, as storage holds it.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this way is among them.
    pub const fn holds(self, touch: Touch) -> bool {
        self.0 & touch.bit() != 0
    }

    /// The ways, in the order of [`Touch::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Touch> {
        Touch::ALL.into_iter().filter(move |touch| self.holds(*touch))
    }
}

impl FromIterator<Touch> for Touches {
    fn from_iter<I: IntoIterator<Item = Touch>>(touches: I) -> Self {
        Self(touches.into_iter().fold(0, |all, touch| all | touch.bit()))
    }
}

/// A person who has touched a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Maker {
    /// The person.
    pub person: Person,
    /// The ways in which the person touched the client.
    pub touches: Touches,
}

/// The people who have touched a client since its last approval, in the order of their first touch.
///
/// It follows from the events of the client alone. An approval empties it. Only a maker who approves alone, with
/// four eyes switched off, stays in it, because no second person has reviewed that work. A rejection leaves it as it
/// is: it may be undone, and then the work of these people is reviewed again.
///
/// The set holds at most [`Makers::MAX`] people. Once it is full, later makers are not recorded. An actor
/// outside a full set may be one of them, so no caller passes four eyes any more: the client can only be
/// rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<Maker>", into = "Vec<Maker>"))]
pub struct Makers(Vec<Maker>);

impl Makers {
    /// The maximum number of people.
    pub const MAX: usize = 200;

    /// The people in the order of their first touch.
    pub fn people(&self) -> &[Maker] {
        &self.0
    }

    /// Whether the set is full, so that makers may be missing from it.
    pub fn is_full(&self) -> bool {
        self.0.len() >= Self::MAX
    }

    /// How this actor has touched the client.
    pub fn touches_of(&self, actor: &ActorId) -> Touches {
        let person = Person::of(actor);
        self.0.iter().find(|maker| maker.person == person).map(|maker| maker.touches).unwrap_or_default()
    }

    /// Whether it is certain that this actor has not touched the client.
    pub fn are_without(&self, actor: &ActorId) -> bool {
        let person = Person::of(actor);
        !self.is_full() && !self.0.iter().any(|maker| maker.person == person)
    }

    /// The set as a storage adapter has stored it.
    pub fn restore(kept: impl IntoIterator<Item = Maker>) -> Self {
        let mut makers = Self::default();
        for maker in kept {
            makers.add(maker.person, maker.touches);
        }
        makers
    }

    /// Applies an event of the client.
    pub fn follow(&mut self, kind: EventKind, by: &ActorId) {
        match effect(kind) {
            Effect::Touches(touch) => self.add(Person::of(by), Touches(touch.bit())),
            Effect::Approves => {
                let alone = !self.are_without(by);
                self.0.clear();
                if alone {
                    self.add(Person::of(by), Touches(Touch::ApprovedAlone.bit()));
                }
            }
            Effect::Nothing => {}
        }
    }

    /// Applies an event to the person who has confirmed the change of another one.
    pub fn follow_second(&mut self, kind: EventKind, by: &ActorId) {
        if let Effect::Touches(touch) = effect(kind) {
            self.add(Person::of(by), Touches(touch.bit()));
        }
    }

    fn add(&mut self, person: Person, touches: Touches) {
        if let Some(maker) = self.0.iter_mut().find(|maker| maker.person == person) {
            maker.touches.0 |= touches.0;
        } else if !self.is_full() {
            self.0.push(Maker { person, touches });
        }
    }
}

enum Effect {
    Touches(Touch),
    Approves,
    Nothing,
}

const fn effect(kind: EventKind) -> Effect {
    match kind {
        EventKind::Created => Effect::Touches(Touch::Created),
        // An event of a newer release, unknown here, may be a change.
        EventKind::Updated
        | EventKind::Corrected
        | EventKind::AmendmentProposed
        | EventKind::AmendmentWithdrawn
        | EventKind::Newer(_) => Effect::Touches(Touch::Updated),
        EventKind::ApprovalRequested | EventKind::RejectionUndone => Effect::Touches(Touch::Requested),
        EventKind::DocumentSubmitted | EventKind::DocumentReplaced => Effect::Touches(Touch::Documents),
        EventKind::AddressSubmitted => Effect::Touches(Touch::Addresses),
        EventKind::Blacklisted => Effect::Touches(Touch::Blacklisted),
        EventKind::BlacklistRemoved => Effect::Touches(Touch::BlacklistLifted),
        EventKind::Approved => Effect::Approves,
        // A ledger and a clock report facts; a review judges another person's submission; an application that ends may
        // be reviewed again, with what the same people made.
        EventKind::Activated
        | EventKind::Rejected
        | EventKind::Exited
        | EventKind::Withdrawn
        | EventKind::Lapsed
        | EventKind::DocumentApproved
        | EventKind::DocumentRejected
        | EventKind::DocumentsRequested
        | EventKind::DocumentExpiring
        | EventKind::DocumentExpired
        | EventKind::DocumentNoticeWithdrawn
        | EventKind::AddressApproved
        | EventKind::ContactPointVerified
        | EventKind::AddressRejected
        | EventKind::AmendmentApproved
        | EventKind::AmendmentRejected => Effect::Nothing,
    }
}

#[cfg(feature = "serde")]
impl From<Makers> for Vec<Maker> {
    fn from(all: Makers) -> Self {
        all.0
    }
}

#[cfg(feature = "serde")]
impl From<Vec<Maker>> for Makers {
    fn from(stored: Vec<Maker>) -> Self {
        Self::restore(stored)
    }
}

#[cfg(feature = "serde")]
impl From<Touches> for Vec<Touch> {
    fn from(all: Touches) -> Self {
        all.iter().collect()
    }
}

#[cfg(feature = "serde")]
impl From<Vec<Touch>> for Touches {
    fn from(stored: Vec<Touch>) -> Self {
        stored.into_iter().collect()
    }
}

crate::conversions::display_name!(Touch);

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ActorId {
        ActorId::parse(text).unwrap()
    }

    #[test]
    fn touches_round_trip_through_bits() {
        for touch in Touch::ALL {
            let touches: Touches = [touch, Touch::Created].into_iter().collect();
            assert_eq!(Touches::from_bits(touches.bits()), Some(touches));
            assert!(touches.holds(touch));
        }
        assert_eq!(Touches::from_bits(256), None);
        assert_eq!(Touches::default().iter().count(), 0);
    }

    #[test]
    fn ids_that_look_alike_are_one_person() {
        let mut makers = Makers::default();
        makers.follow(EventKind::Created, &id("alice"));
        makers.follow(EventKind::Updated, &id("Alice"));
        assert_eq!(makers.people().len(), 1);
        let touches: Vec<_> = makers.touches_of(&id("ＡＬＩＣＥ")).iter().collect();
        assert_eq!(touches, [Touch::Created, Touch::Updated]);
    }

    #[test]
    fn approval_by_another_person_empties_the_set_but_lone_approval_does_not() {
        let mut makers = Makers::default();
        makers.follow(EventKind::Created, &id("maker"));
        let mut alone = makers.clone();
        makers.follow(EventKind::Approved, &id("checker"));
        assert_eq!(makers, Makers::default());
        alone.follow(EventKind::Approved, &id("Maker"));
        assert!(alone.touches_of(&id("maker")).holds(Touch::ApprovedAlone));
    }

    #[test]
    fn rejection_keeps_the_set_and_who_undoes_it_becomes_a_maker() {
        let mut makers = Makers::default();
        makers.follow(EventKind::Created, &id("maker"));
        for ended in [EventKind::Rejected, EventKind::Withdrawn, EventKind::Lapsed] {
            let before = makers.clone();
            makers.follow(ended, &id("checker"));
            assert_eq!(makers, before, "{ended:?}");
        }
        makers.follow(EventKind::RejectionUndone, &id("undoer"));
        assert!(!makers.are_without(&id("maker")) && !makers.are_without(&id("undoer")));
        assert!(makers.are_without(&id("checker")));
    }

    #[test]
    fn no_actor_is_certainly_outside_a_full_set() {
        let mut makers = Makers::default();
        for n in 0..Makers::MAX - 1 {
            makers.follow(EventKind::Updated, &id(&format!("editor-{n}")));
        }
        assert!(makers.are_without(&id("checker")));
        makers.follow(EventKind::Updated, &id("one more"));
        makers.follow(EventKind::Updated, &id("left out"));
        assert_eq!(makers.people().len(), Makers::MAX);
        assert!(!makers.are_without(&id("left out")) && !makers.are_without(&id("checker")));
    }

    /// Of every kind of event: a person who touches a client by it has touched it as the one who confirmed it beforehand, and
    /// nothing else makes that person a maker, nor takes another one out of the set.
    #[test]
    fn second_person_touches_by_exactly_what_the_first_touches_by() {
        let touching = [
            EventKind::Created,
            EventKind::Updated,
            EventKind::ApprovalRequested,
            EventKind::RejectionUndone,
            EventKind::Blacklisted,
            EventKind::BlacklistRemoved,
            EventKind::DocumentSubmitted,
            EventKind::DocumentReplaced,
            EventKind::AddressSubmitted,
            EventKind::Corrected,
            EventKind::AmendmentProposed,
            EventKind::AmendmentWithdrawn,
        ];
        for kind in EventKind::ALL {
            let mut before = Makers::default();
            before.follow(EventKind::Created, &id("earlier"));
            let (mut first, mut second) = (before.clone(), before.clone());
            first.follow(kind, &id("ada"));
            second.follow_second(kind, &id("ada"));
            let touches = second.touches_of(&id("ada"));
            assert_eq!(!touches.is_empty(), touching.contains(&kind), "{kind:?}");
            if kind != EventKind::Approved {
                assert_eq!(touches, first.touches_of(&id("ada")), "{kind:?}");
                assert_eq!(first, second, "{kind:?}");
            }
            assert!(second.touches_of(&id("earlier")).holds(Touch::Created), "{kind:?}");
        }
    }
}
