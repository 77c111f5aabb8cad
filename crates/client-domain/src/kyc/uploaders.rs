use crate::actor::ActorId;
use crate::person::Person;

/// The persons who have submitted a document or uploaded a file for it, in the order of their first upload.
///
/// None of them reviews it, not even one whose file was replaced: the same bytes may have been uploaded
/// again.
///
/// The set holds at most [`Uploaders::MAX`] persons. Once it is full, later uploaders are not recorded. A
/// caller outside a full set may be one of them, so the document cannot be approved: it can be rejected and
/// submitted again.
///
/// ```
/// use client_domain::ActorId;
/// use client_domain::kyc::Uploaders;
///
/// let mut uploaders = Uploaders::default();
/// uploaders.add(&ActorId::parse("alice")?);
/// assert!(uploaders.include(&ActorId::parse("ALICE")?));
/// assert!(!uploaders.include(&ActorId::parse("bob")?));
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<Person>", into = "Vec<Person>"))]
pub struct Uploaders(Vec<Person>);

impl Uploaders {
    /// The maximum number of persons.
    pub const MAX: usize = 50;

    /// The persons in the order of their first upload.
    pub fn persons(&self) -> &[Person] {
        &self.0
    }

    /// Whether the set is full, so that uploaders may be missing from it.
    pub fn is_full(&self) -> bool {
        self.0.len() >= Self::MAX
    }

    /// Whether this actor is one of them.
    pub fn include(&self, actor: &ActorId) -> bool {
        self.0.contains(&Person::of(actor))
    }

    /// Adds the person behind an actor id.
    pub fn add(&mut self, actor: &ActorId) {
        self.add_person(Person::of(actor));
    }

    /// The set as a storage adapter has stored it.
    pub fn restore(kept: impl IntoIterator<Item = Person>) -> Self {
        let mut uploaders = Self::default();
        kept.into_iter().for_each(|person| uploaders.add_person(person));
        uploaders
    }

    fn add_person(&mut self, person: Person) {
        if !self.is_full() && !self.0.contains(&person) {
            self.0.push(person);
        }
    }
}

#[cfg(feature = "serde")]
impl From<Uploaders> for Vec<Person> {
    fn from(all: Uploaders) -> Self {
        all.0
    }
}

#[cfg(feature = "serde")]
impl From<Vec<Person>> for Uploaders {
    fn from(stored: Vec<Person>) -> Self {
        Self::restore(stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ActorId {
        ActorId::parse(text).unwrap()
    }

    #[test]
    fn one_person_is_recorded_once() {
        let mut uploaders = Uploaders::default();
        for who in ["alice", "bob", "Alice", "ｂｏｂ"] {
            uploaders.add(&id(who));
        }
        assert_eq!(uploaders.persons(), ["alice", "bob"].map(|who| Person::of(&id(who))));
        assert_eq!(Uploaders::restore(uploaders.persons().iter().cloned()), uploaders);
    }

    #[test]
    fn full_set_accepts_no_more_persons() {
        let mut uploaders = Uploaders::default();
        for n in 0..=Uploaders::MAX {
            assert_eq!(uploaders.is_full(), n == Uploaders::MAX);
            uploaders.add(&id(&format!("uploader-{n}")));
        }
        assert_eq!(uploaders.persons().len(), Uploaders::MAX);
        assert!(!uploaders.include(&id(&format!("uploader-{}", Uploaders::MAX))));
    }
}
