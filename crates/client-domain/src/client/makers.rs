use crate::actor::ActorId;
use crate::event::EventKind;
use crate::person::Person;

/// A way in which somebody can have touched a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Touch {
    /// Created the client.
    Created,
    /// Asked for its approval.
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
    /// Approved it, although a maker of it, where four eyes was switched off.
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

    /// What the caller did, to follow "you".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Created => "created the client",
            Self::Requested => "asked for its approval",
            Self::Updated => "changed its details",
            Self::Documents => "submitted or replaced a document of it",
            Self::Addresses => "submitted address information of it",
            Self::Blacklisted => "blacklisted it",
            Self::BlacklistLifted => "removed it from the blacklist",
            Self::ApprovedAlone => "approved your own work on it",
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
pub struct Touches(u16);

impl Touches {
    /// Reads what [`Touches::bits`] has written; none for a bit that stands for nothing.
    pub fn from_bits(bits: u16) -> Option<Self> {
        let known = Touch::ALL.iter().fold(0, |all, touch| all | touch.bit());
        (bits & !known == 0).then_some(Self(bits))
    }

    /// One bit for each way, as storage keeps it.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether there is none.
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

/// Somebody who has touched a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    /// Who.
    pub person: Person,
    /// How.
    pub touches: Touches,
}

/// The people who have touched a client since its last decision, in the order in which they came.
///
/// It follows from the events of the client and from nothing else. A decision by somebody else empties it. Whoever
/// approves alone, where four eyes is switched off, stays in it: nobody else has seen that work yet.
///
/// The set holds at most [`Makers::MAX`] people. Once it is full, somebody who is not in it may be somebody who was
/// left out, so nobody passes four eyes: the client can still be rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Makers(Vec<Maker>);

impl Makers {
    /// The greatest number of people.
    pub const MAX: usize = 200;

    /// The people in the order in which they came.
    pub fn people(&self) -> &[Maker] {
        &self.0
    }

    /// Whether there may be more people than are in the set.
    pub const fn is_full(&self) -> bool {
        self.0.len() >= Self::MAX
    }

    /// How this actor has touched the client.
    pub fn touches_of(&self, actor: &ActorId) -> Touches {
        let person = Person::of(actor);
        self.0.iter().find(|maker| maker.person == person).map(|maker| maker.touches).unwrap_or_default()
    }

    /// Whether it is certain that this actor has not touched the client.
    pub fn are_without(&self, actor: &ActorId) -> bool {
        !self.is_full() && self.touches_of(actor).is_empty()
    }

    /// The set that a storage has kept.
    pub fn restore(kept: impl IntoIterator<Item = Maker>) -> Self {
        let mut makers = Self::default();
        for maker in kept {
            makers.add(maker.person, maker.touches);
        }
        makers
    }

    /// Takes in what has happened to the client.
    pub fn follow(&mut self, kind: EventKind, by: &ActorId) {
        match effect(kind) {
            Effect::Touches(touch) => self.add(Person::of(by), Touches(touch.bit())),
            Effect::Decides => {
                let alone = !self.are_without(by);
                self.0.clear();
                if alone && kind == EventKind::Approved {
                    self.add(Person::of(by), Touches(Touch::ApprovedAlone.bit()));
                }
            }
            Effect::Nothing => {}
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
    Decides,
    Nothing,
}

const fn effect(kind: EventKind) -> Effect {
    match kind {
        EventKind::Created => Effect::Touches(Touch::Created),
        // What a newer release calls by a name that this one does not know may be a change.
        EventKind::Updated | EventKind::Newer(_) => Effect::Touches(Touch::Updated),
        EventKind::ApprovalRequested => Effect::Touches(Touch::Requested),
        EventKind::DocumentSubmitted | EventKind::DocumentReplaced => Effect::Touches(Touch::Documents),
        EventKind::AddressSubmitted => Effect::Touches(Touch::Addresses),
        EventKind::Blacklisted => Effect::Touches(Touch::Blacklisted),
        EventKind::BlacklistRemoved => Effect::Touches(Touch::BlacklistLifted),
        EventKind::Approved | EventKind::Rejected => Effect::Decides,
        // A ledger and a clock report what is so; a review says something of what somebody else submitted; after the end
        // nothing is decided any more.
        EventKind::Activated
        | EventKind::Exited
        | EventKind::DocumentApproved
        | EventKind::DocumentRejected
        | EventKind::DocumentExpiring
        | EventKind::DocumentExpired
        | EventKind::DocumentNoticeWithdrawn
        | EventKind::AddressApproved
        | EventKind::AddressRejected => Effect::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ActorId {
        ActorId::parse(text).unwrap()
    }

    #[test]
    fn touches_are_kept_as_bits_and_read_again() {
        for touch in Touch::ALL {
            let touches: Touches = [touch, Touch::Created].into_iter().collect();
            assert_eq!(Touches::from_bits(touches.bits()), Some(touches));
            assert!(touches.holds(touch));
        }
        assert_eq!(Touches::from_bits(256), None);
        assert_eq!(Touches::default().iter().count(), 0);
    }

    #[test]
    fn look_alike_ids_are_one_person() {
        let mut makers = Makers::default();
        makers.follow(EventKind::Created, &id("alice"));
        makers.follow(EventKind::Updated, &id("Alice"));
        assert_eq!(makers.people().len(), 1);
        let touches: Vec<_> = makers.touches_of(&id("ＡＬＩＣＥ")).iter().collect();
        assert_eq!(touches, [Touch::Created, Touch::Updated]);
    }

    #[test]
    fn a_decision_by_another_empties_the_set_and_an_approval_alone_does_not() {
        let mut makers = Makers::default();
        makers.follow(EventKind::Created, &id("maker"));
        let mut alone = makers.clone();
        makers.follow(EventKind::Approved, &id("checker"));
        assert_eq!(makers, Makers::default());
        alone.follow(EventKind::Approved, &id("Maker"));
        assert!(alone.touches_of(&id("maker")).holds(Touch::ApprovedAlone));
        alone.follow(EventKind::Rejected, &id("maker"));
        assert_eq!(alone, Makers::default());
    }

    #[test]
    fn nobody_is_certain_to_be_without_a_full_set() {
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
}
