use client_domain::search::{Logic, Predicate};

/// A part that was read.
pub(super) struct Part {
    pub(super) predicate: Predicate,
    /// Whether others may stand beside it as they are: it is a condition, or in brackets.
    pub(super) closed: bool,
    /// The levels of groups in it, and where the lowest one is.
    pub(super) levels: usize,
    pub(super) lowest: usize,
}

impl Part {
    pub(super) const fn of_condition(predicate: Predicate, position: usize) -> Self {
        Self { predicate, closed: true, levels: 0, lowest: position }
    }

    /// A group of parts. Its levels are one more than those of the part that has most.
    pub(super) fn group(parts: Vec<Self>, logic: Logic, position: usize) -> Self {
        let deepest = parts.iter().max_by_key(|part| part.levels).filter(|part| part.levels > 0);
        let (levels, lowest) = deepest.map_or((1, position), |part| (part.levels + 1, part.lowest));
        let mut predicates: Vec<_> = parts.into_iter().map(|part| part.predicate).collect();
        let predicate = match logic {
            Logic::And => Predicate::All(predicates),
            Logic::Or => Predicate::Any(predicates),
            Logic::Not => Predicate::Not(Box::new(predicates.pop().unwrap_or(Predicate::every_client()))),
        };
        Self { predicate, closed: false, levels, lowest }
    }
}
