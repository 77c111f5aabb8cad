//! The code of a reason as a field: a choice of those that the bank lists.

use crate::command::field::{Choice, Field, Input};

/// The field of a code of a reason. Where the bank lists codes, the person chooses one of them; where it lists none, there is no field.
pub(crate) fn choice(field: Field, codes: &[(String, String)]) -> Option<Field> {
    if codes.is_empty() {
        return None;
    }
    let choice = |(code, text): &(String, String)| Choice {
        value: code.clone(),
        label: format!("{text} ({code})"),
        selected: *code == field.value,
    };
    let choices = codes.iter().map(choice).collect();
    Some(Field { required: true, ..field.with_choices(Input::Select, choices) })
}
