use client_domain::search::{
    Condition, Logic, MAX_CONDITIONS, MAX_COST, MAX_LEVELS, Operand, OperandProblem, Operator, Predicate,
    Property, Word,
};
use client_domain::{BankCalendar, Invalid, Permissions};

use super::fault::{TextFault, TextFaults, TextProblem};
use super::grammar::{ALL, ANY, MAX_LENGTH, SEARCH_TERM};
use super::part::Part;
use super::scanner::{Scanner, at};
use crate::nearest::nearest;
use crate::predicate::fault::Problem;

/// Reads a filter of a caller with these permissions from its text form. Days are those of this calendar.
///
/// The limits are those of the JSON form. Faults say where they are and what would be accepted there, and never repeat a value.
///
/// ```
/// use client_domain::{BankCalendar, Permissions};
/// use client_wire::predicate;
///
/// let read = |text: &str| predicate::read_text(text, &Permissions::all(), &BankCalendar::utc());
/// let wanted = read("lastname startswith Bal and (age >= 18 or middleName IsEmpty)").unwrap();
/// assert_eq!(
///     predicate::write_text(&wanted),
///     "lastName StartsWith Bal and (age >= 18 or middleName IsEmpty)",
/// );
/// let fault = |text: &str| read(text).unwrap_err().to_string();
/// assert_eq!(fault("age >= grown-up"), "position 8 must be a whole number");
/// assert_eq!(
///     fault("isBlacklisted > true"),
///     "position 15 isBlacklisted takes only: Equals, NotEquals"
/// );
/// ```
pub fn read_text(
    text: &str,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Result<Predicate, TextFaults> {
    if text.len() > MAX_LENGTH {
        return Err(TextFaults(vec![TextFault { position: None, problem: TextProblem::TooLong }]));
    }
    let scanner = Scanner::new(text);
    let mut reader = Reader {
        scanner,
        permissions,
        calendar,
        faults: Vec::new(),
        conditions: 0,
        costs: Vec::new(),
        open: 0,
    };
    match reader.filter() {
        Ok(predicate) => reader.refuse_costly(predicate),
        Err(fault) => {
            reader.faults.push(fault);
            Err(TextFaults(reader.faults))
        }
    }
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    permissions: &'a Permissions,
    calendar: &'a BankCalendar,
    /// The faults of conditions; a fault of the grammar ends the reading.
    faults: Vec<TextFault>,
    conditions: usize,
    /// Where each condition is, and its cost.
    costs: Vec<(String, usize)>,
    /// How many brackets and `not` are open.
    open: usize,
}

impl Reader<'_> {
    fn filter(&mut self) -> Result<Predicate, TextFault> {
        if self.scanner.is_at_end() {
            return Ok(Predicate::every_client());
        }
        let whole = self.any()?;
        if !self.scanner.is_at_end() {
            let wanted = "and, or, or the end; a value with blanks needs quotation marks";
            return Err(at(self.scanner.position(), TextProblem::Expected(wanted)));
        }
        // The list itself is no level.
        let (list, levels) = match whole.predicate {
            Predicate::All(list) if !whole.closed => (list, whole.levels - 1),
            one => (vec![one], whole.levels),
        };
        if levels > MAX_LEVELS {
            return Err(at(whole.lowest, Problem::TooDeep.into()));
        }
        Ok(Predicate::All(list))
    }

    fn any(&mut self) -> Result<Part, TextFault> {
        self.several(Logic::Or, Self::all)
    }

    fn all(&mut self) -> Result<Part, TextFault> {
        self.several(Logic::And, Self::one)
    }

    fn several(
        &mut self,
        logic: Logic,
        part: fn(&mut Self) -> Result<Part, TextFault>,
    ) -> Result<Part, TextFault> {
        let first = part(self)?;
        let position = self.scanner.position();
        if !self.scanner.is_at_word(logic.name()) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.scanner.word(logic.name()) {
            parts.push(part(self)?);
        }
        Ok(Part::group(parts, logic, position))
    }

    fn one(&mut self) -> Result<Part, TextFault> {
        let position = self.scanner.position();
        if self.scanner.word(Logic::Not.name()) {
            let part = self.nested(position, Self::one)?;
            return Ok(Part { closed: true, ..Part::group(vec![part], Logic::Not, position) });
        }
        if self.scanner.sign('(') {
            let part = self.nested(position, Self::any)?;
            self.close()?;
            return Ok(Part { closed: true, ..part });
        }
        let name = self.scanner.name();
        if name.is_empty() {
            let wanted = "a property, searchTerm, not, or an opening bracket";
            return Err(at(position, TextProblem::Expected(wanted)));
        }
        for (group, logic) in [(ALL, Logic::And), (ANY, Logic::Or)] {
            if name.eq_ignore_ascii_case(group) && self.scanner.is_at('(') {
                return self.named_group(logic, position);
            }
        }
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(at(position, Problem::TooManyConditions.into()));
        }
        if name.eq_ignore_ascii_case(SEARCH_TERM) {
            self.search_term(position)
        } else {
            self.condition(name, position)
        }
    }

    /// A group by name: brackets around its parts, which are separated by commas.
    fn named_group(&mut self, logic: Logic, position: usize) -> Result<Part, TextFault> {
        self.scanner.sign('(');
        if self.scanner.is_at(')') {
            let problem = OperandProblem::ListLength { min: 1, max: MAX_CONDITIONS };
            return Err(at(position, problem.into()));
        }
        let mut parts = vec![self.nested(position, Self::any)?];
        while self.scanner.sign(',') {
            parts.push(self.nested(position, Self::any)?);
        }
        self.close()?;
        Ok(Part { closed: true, ..Part::group(parts, logic, position) })
    }

    /// Reads what is one level deeper, within a limit, so that no text uses up the stack.
    fn nested(
        &mut self,
        position: usize,
        part: fn(&mut Self) -> Result<Part, TextFault>,
    ) -> Result<Part, TextFault> {
        if self.open == MAX_LEVELS {
            return Err(at(position, TextProblem::TooDeep));
        }
        self.open += 1;
        let part = part(self)?;
        self.open -= 1;
        Ok(part)
    }

    fn close(&mut self) -> Result<(), TextFault> {
        let wanted = "and, or, or a closing bracket; a value with blanks needs quotation marks";
        if self.scanner.sign(')') {
            Ok(())
        } else {
            Err(at(self.scanner.position(), TextProblem::Expected(wanted)))
        }
    }

    fn search_term(&mut self, position: usize) -> Result<Part, TextFault> {
        let term = self.scanner.value()?;
        let words = Word::read(&term.text)
            .and_then(|words| if words.is_empty() { Err(Invalid::Invisible) } else { Ok(words) });
        Ok(match words {
            Ok(words) => {
                self.costs.push((place(position), words.iter().map(Word::cost).sum()));
                Part::of_condition(Predicate::of_words(words), position)
            }
            Err(invalid) => self.refuse(term.position, Problem::from(invalid)),
        })
    }

    fn condition(&mut self, name: &str, position: usize) -> Result<Part, TextFault> {
        let Some(property) = Property::parse(name) else {
            let choices: Vec<_> = Property::open_to(self.permissions).map(Property::name).collect();
            let similar = nearest(name, choices.iter().copied());
            return Err(at(position, TextProblem::UnknownProperty { similar, choices }));
        };
        let operator_position = self.scanner.position();
        let operator = match self.scanner.operator_sign() {
            Some(operator) => Some(operator),
            None => Operator::parse(self.scanner.name()),
        };
        let operator =
            operator.ok_or_else(|| at(operator_position, TextProblem::UnknownOperator(property)))?;
        let operand_position = self.scanner.position();
        let (operand, positions) = self.operand(property, operator)?;
        if !self.permissions.holds(property.permission()) {
            // Other faults of the condition do not matter to a caller without the permission.
            return Ok(self.refuse(position, Problem::PermissionMissing(property)));
        }
        if !property.kind().operators().contains(&operator) {
            let problem = OperandProblem::OperatorNotApplicable(property);
            return Ok(self.refuse(operator_position, problem.into()));
        }
        Ok(match Condition::by_calendar(property, operator, &operand, self.calendar) {
            Ok(condition) => {
                self.costs.push((place(position), condition.cost()));
                Part::of_condition(Predicate::Where(condition), position)
            }
            Err(faults) => {
                for fault in faults {
                    let value = fault.at.and_then(|index| positions.get(index)).unwrap_or(&operand_position);
                    self.faults.push(at(*value, fault.problem.into()));
                }
                Part::of_condition(Predicate::every_client(), position)
            }
        })
    }

    /// What follows an operator, and the position of each value in a list.
    fn operand(
        &mut self,
        property: Property,
        operator: Operator,
    ) -> Result<(Operand, Vec<usize>), TextFault> {
        if self.scanner.is_after_condition() {
            return Ok((Operand::Nothing, Vec::new()));
        }
        if !self.scanner.sign('(') {
            return Ok((Operand::One(self.scanner.value()?.of(property, operator)), Vec::new()));
        }
        let (mut values, mut positions) = (Vec::new(), Vec::new());
        while !self.scanner.is_at(')') {
            if !values.is_empty() && !self.scanner.sign(',') {
                let wanted = "a comma or a closing bracket; a value with blanks needs quotation marks";
                return Err(at(self.scanner.position(), TextProblem::Expected(wanted)));
            }
            let value = self.scanner.value()?;
            positions.push(value.position);
            values.push(value.of(property, operator));
        }
        self.scanner.sign(')');
        Ok((Operand::List(values), positions))
    }

    /// Collects a fault of a condition. The part in its place is never used.
    fn refuse(&mut self, position: usize, problem: Problem) -> Part {
        self.faults.push(at(position, problem.into()));
        Part::of_condition(Predicate::every_client(), position)
    }

    /// The predicate, unless it costs too much or conditions have faults.
    fn refuse_costly(mut self, predicate: Predicate) -> Result<Predicate, TextFaults> {
        let cost: usize = self.costs.iter().map(|(_, cost)| cost).sum();
        if self.faults.is_empty() && cost > MAX_COST {
            self.costs.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
            let problem = Problem::TooCostly { cost, conditions: self.costs };
            self.faults.push(TextFault { position: None, problem: problem.into() });
        }
        if self.faults.is_empty() { Ok(predicate) } else { Err(TextFaults(self.faults)) }
    }
}

/// Where a condition is, for the list of costs.
fn place(position: usize) -> String {
    format!("position {position}")
}
