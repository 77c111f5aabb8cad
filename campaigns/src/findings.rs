//! What was found to be wrong.

use std::collections::BTreeMap;

/// The kinds of findings; a control names those that it must cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oracle {
    /// An acknowledged command is not stored.
    Lost,
    /// A command has had more than one effect.
    Doubled,
    /// A refused command, or one that was never sent, has had an effect.
    Uncalled,
    /// A valid command was refused, or its answer is impossible.
    WrongAnswer,
    /// A file is left that no document names, or is not known to garbage collection.
    Orphan,
    /// A client's history has a hole, or is not that of its version and state.
    Gap,
    /// History and outbox do not match one to one.
    Outbox,
    /// A client has other claims than it should.
    Claims,
    /// A key answers something else than the first time, or has no outcome.
    Replay,
    /// A session was left in the middle of a transaction.
    IdleInTransaction,
    /// An order was never answered.
    Stuck,
    /// An answer took longer than it may.
    Hang,
    /// Too slow to be back.
    Recovery,
    /// Not one winner.
    Winners,
    /// A caller approved a client that it had touched since its last approval.
    FourEyes,
    /// Two stores answer differently.
    Difference,
    /// Memory, open files or sessions grow.
    Leak,
    /// The file of the database is damaged.
    Damaged,
    /// Something that should run has ended, or a check could not be made.
    Broken,
}

/// How many examples of each are kept.
const EXAMPLES: usize = 3;

/// What was found to be wrong.
#[derive(Clone, Debug, Default)]
pub struct Findings(BTreeMap<Oracle, (usize, Vec<String>)>);

impl Findings {
    /// Adds a finding.
    pub fn add(&mut self, oracle: Oracle, what: impl Into<String>) {
        let (count, examples) = self.0.entry(oracle).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(what.into());
        }
    }

    /// Adds a finding unless the condition holds.
    pub fn expect(&mut self, holds: bool, oracle: Oracle, what: impl FnOnce() -> String) {
        if !holds {
            self.add(oracle, what());
        }
    }

    /// Adds the findings of another check.
    pub fn append(&mut self, other: Self) {
        for (oracle, (count, examples)) in other.0 {
            let (total, all) = self.0.entry(oracle).or_default();
            *total += count;
            all.extend(examples.into_iter().take(EXAMPLES.saturating_sub(all.len())));
        }
    }

    /// What was found more often than in an earlier check of the same.
    #[must_use]
    pub fn since(mut self, earlier: &Self) -> Self {
        self.0.retain(|oracle, (count, _)| {
            *count = count.saturating_sub(earlier.count(*oracle));
            *count > 0
        });
        self
    }

    /// How often this was found.
    pub fn count(&self, oracle: Oracle) -> usize {
        self.0.get(&oracle).map_or(0, |(count, _)| *count)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each kind with its number and some examples.
    pub fn iter(&self) -> impl Iterator<Item = (Oracle, usize, &[String])> {
        self.0.iter().map(|(oracle, (count, examples))| (*oracle, *count, examples.as_slice()))
    }
}
