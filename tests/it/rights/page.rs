//! `docs/rights.md`, made from the tables that the service goes by.

use std::fmt::Write as _;

use client_domain::lifecycle::{Operation, transition};
use client_domain::search::Property;
use client_domain::{ClientState, Permission};
use client_wire::OPERATIONS;
use client_wire::rights::{CONDITIONS, DRY_RUN, GUARDS, guard_of, lifecycle_operation};
use client_wire::spec::{OperationKind, OperationSpec};

use crate::documentation::compare;

#[test]
fn rights_page_matches_the_tables() {
    compare("docs/rights.md", &page());
}

fn states(spec: &OperationSpec) -> String {
    let allowed = |state: &ClientState| match lifecycle_operation(spec.name) {
        None => true,
        Some(Operation::Action(action)) => transition(*state, action).is_some(),
        Some(Operation::Activity(activity)) => activity.allowance().allows(*state),
    };
    let names: Vec<_> = ClientState::ALL.into_iter().filter(allowed).map(ClientState::name).collect();
    match lifecycle_operation(spec.name) {
        None => "every".to_owned(),
        Some(_) => names.join(", "),
    }
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Generated from the operations, crates/client-wire/src/rights.rs, the property table and the lifecycle. \
         `UPDATE_GENERATED=1 cargo test --workspace` writes it anew. -->\n\n\
         # Rights\n\n\
         A token carries permissions. This page says what each of them allows; the tests try every operation in every \
         state with each permission removed and with each alone, and compare what callers without \
         `customers.kyc.read` see of two clients that differ only in KYC information.\n\n\
         A missing permission is answered with 403, and every missing permission has an item `permission_missing` \
         of its own: `details.permission`, and for a property `field` (its path) and `details.property`.\n\n\
         ## Operations\n\n\
         A command is possible only in these states of the client, whatever the caller may do. A dry run needs the \
         permission of its command and ",
    );
    writeln!(page, "`{}`: its answer reveals as much of the client as a query.\n", DRY_RUN.name()).unwrap();
    page.push_str("| operation | permission | dry run | states |\n| --- | --- | --- | --- |\n");
    for spec in OPERATIONS {
        let dry = match spec.kind {
            OperationKind::Query => "",
            OperationKind::Command if spec.permission == Some(DRY_RUN) => "",
            OperationKind::Command => DRY_RUN.name(),
        };
        let permission = spec.permission.map_or("none".to_owned(), |one| format!("`{}`", one.name()));
        writeln!(page, "| {} | {permission} | {dry} | {} |", spec.name, states(spec)).unwrap();
    }
    page.push_str(
        "| `GET /api/bpm/documents/{identityId}/content` | `customers.kyc.read` |  | every |\n\
         | `PUT /api/bpm/documents/{identityId}/content` | `customers.kyc.write` |  | PendingApproval, Approved, Active |\n\n\
         ## Permissions that depend on the client or the data\n\n\
         | operations | when | also needed | without it |\n| --- | --- | --- | --- |\n",
    );
    for condition in CONDITIONS {
        let (operations, permission) = (condition.operations.join(", "), condition.permission.name());
        writeln!(page, "| {operations} | {} | `{permission}` | {} |", condition.when, condition.without)
            .unwrap();
    }
    page.push_str(
        "\nA list of what a caller may do (`allowedActions`, RetrieveContactActionsQuery) counts them.\n\n\
         ## Members of answers\n\n\
         A member of an answer needs the permission of its operation. These need another one as well and are null \
         without it:\n\n| operation | permission | members |\n| --- | --- | --- |\n",
    );
    for guard in GUARDS {
        let members: Vec<_> = guard.members.iter().map(|member| format!("`{member}`")).collect();
        writeln!(page, "| {} | `{}` | {} |", guard.operation, guard.permission.name(), members.join(", "))
            .unwrap();
    }
    page.push_str(
        "\nWithout `customers.kyc.read`, besides:\n\n\
         - a refusal and RetrieveContactActionsQuery say *that* KYC information blocks the action (`kyc_incomplete`, \
         `already_reviewed`, `document_expired`, `rejected_finally`), to callers with the permission of the action, and not what it is;\n\
         - RetrieveContactHistoryQuery says what was done with a document or an address, by whom and when; which \
         one it was (`identityId`, `addressId`), which types were requested (`identityTypes`) and the notes of a reviewer (`reason`, `notes`) are null, and a `reasonCode` is omitted.\n\n\
         ## Every member\n\n| operation | member | permissions |\n| --- | --- | --- |\n",
    );
    for spec in OPERATIONS {
        for field in spec.reply {
            let needed = spec.permission.into_iter().chain(guard_of(spec.name, field.name));
            let names: Vec<_> = needed.map(|one| format!("`{}`", one.name())).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(" and ") };
            writeln!(page, "| {} | `{}` | {names} |", spec.name, field.name).unwrap();
        }
    }
    page.push_str(
        "\n## Searching\n\n\
         A property needs its permission everywhere in `filters` and `sort`, also beside others and inside \
         `not`: the clients that a filter finds reveal the value that it asks for. RetrieveSearchFieldsQuery lists only what the \
         caller may use. `searchTerm` searches only properties that every reader may see. A cursor belongs to its filters, so it \
         needs the same permissions.\n\n| property | permission |\n| --- | --- |\n",
    );
    for property in Property::ALL {
        writeln!(page, "| `{}` | `{}` |", property.name(), property.permission().name()).unwrap();
    }
    page.push_str("\n## Permissions\n\n| permission | operations |\n| --- | --- |\n");
    for permission in Permission::ALL {
        let specs: Vec<_> = OPERATIONS
            .iter()
            .filter(|spec| spec.permission == Some(permission))
            .map(|spec| spec.name)
            .collect();
        writeln!(page, "| `{}` | {} |", permission.name(), specs.join(", ")).unwrap();
    }
    page
}
