//! Members that a caller may not see are null.

use client_app::Caller;
use serde_json::Value;

use crate::reply_data::ReplyData;
use crate::rights::GUARDS;

/// Sets the members of an answer to null that the caller may not see.
pub(crate) fn concealed(operation: &str, data: ReplyData, caller: &Caller) -> ReplyData {
    let guards = GUARDS.iter().filter(|guard| guard.operation == operation);
    let members = guards.filter(|guard| !caller.may(guard.permission)).flat_map(|guard| guard.members);
    let is_shown = |path: &&&str| data.may_show(path.rsplit('.').next().unwrap_or(path));
    let members: Vec<_> = members.filter(is_shown).collect();
    if members.is_empty() {
        return data;
    }
    let mut data = data.into_value();
    for member in members {
        set_null(&mut data, member);
    }
    data.into()
}

fn set_null(value: &mut Value, path: &str) {
    let Some((name, rest)) = path.split_once('.') else {
        if let Some(member) = value.get_mut(path) {
            *member = Value::Null;
        }
        return;
    };
    match name.strip_suffix("[]") {
        Some(list) => {
            let items = value.get_mut(list).and_then(Value::as_array_mut);
            items.into_iter().flatten().for_each(|item| set_null(item, rest));
        }
        None => {
            if let Some(inner) = value.get_mut(name) {
                set_null(inner, rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use client_domain::Permission;
    use serde_json::json;

    use super::*;

    #[test]
    fn concealed_members_are_null_and_others_stay() {
        let shown_to = |operation: &str, shown: &Value, permissions: &[Permission]| {
            let actor = client_domain::Actor::parse("reader").unwrap();
            let caller = Caller::new(actor, permissions.iter().copied().collect());
            concealed(operation, shown.clone().into(), &caller).into_value()
        };
        let preview = "PreviewKycPolicyQuery";
        let shown = json!({ "touched": [{ "clientState": 3, "kycStatus": "None" }], "totalCount": 1 });
        assert_eq!(shown_to(preview, &shown, &[Permission::KycRead, Permission::Read]), shown);
        assert_eq!(
            shown_to(preview, &shown, &[Permission::KycRead]),
            json!({ "touched": [{ "clientState": null, "kycStatus": "None" }], "totalCount": 1 })
        );
        let view =
            json!({ "client": { "kycStatus": "None", "id": 1 }, "kyc": {}, "history": { "entries": [] } });
        assert_eq!(
            shown_to("RetrieveClientViewQuery", &view, &[Permission::Read, Permission::History]),
            json!({ "client": { "kycStatus": null, "id": 1 }, "kyc": null, "history": { "entries": [] } })
        );
    }
}
