//! All panels of one client in one answer.

use client_app::ports::ClientRef;
use client_app::queries::{ClientHistory, ClientView, GetClientView, KycStanding};
use client_app::{Caller, Clients};
use client_domain::client::ContactPoint;
use client_domain::kyc::{Requirement, RequirementStatus};
use client_domain::{Client, Permission};
use serde_json::{Map, Value, json};

use super::contact_list::page_size;
use super::operation::{QueryOperation, ask, reply};
use super::{actions, amendments, cursor, history, kyc_information, look_alikes};
use crate::client_view::{CLIENT, ClientMembers, KYC_STATUS};
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{
    ADDRESS, DOCUMENT, REQUESTED_DOCUMENTS, address_json, document_json, evidence_json, requested_documents,
};
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

const DEFAULT_LINES: usize = 20;

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveClientViewQuery",
    kind: OperationKind::Query,
    about: "Returns everything about one client, of one version: the client, its actions with what blocks them, \
         KYC, amendments, look-alikes and the newest lines of its history.",
    permission: Some(Permission::Read),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::optional(
            "historyLines",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of lines of the history; 20 by default.",
        ),
    ],
    reply: &[
        field::KEY_ANSWER,
        field::VERSION,
        FieldSpec::required(
            "client",
            Shape::Object(CLIENT),
            "The client, as RetrieveContactByIdQuery shows it.",
        ),
        FieldSpec::required(
            "actions",
            Shape::List { of: &actions::ACTION, max: 100 },
            "Every operation, as RetrieveContactActionsQuery shows it.",
        ),
        FieldSpec::nullable(
            "kyc",
            KYC,
            "Documents and addresses, and how they stand under the bank's policy.",
        ),
        FieldSpec::required(
            "amendments",
            Shape::List { of: &amendments::AMENDMENT, max: 100 },
            "The open amendments, oldest first: the live and the proposed values side by side.",
        ),
        FieldSpec::required(
            "lookAlikes",
            Shape::List { of: &look_alikes::LOOK_ALIKE, max: look_alikes::MAX_LISTED },
            "The clients that may be the same person, in the order of their keys.",
        ),
        FieldSpec::required(
            "hasMoreLookAlikes",
            Shape::Flag,
            "Whether there may be more: for each value at most 50 clients are compared.",
        ),
        FieldSpec::nullable("history", HISTORY, "The newest lines of the history."),
        FieldSpec::required(
            "withheld",
            Shape::List { of: &WITHHELD, max: 10 },
            "The members that are null because the caller lacks a permission.",
        ),
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001", "historyLines": 10 }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const KYC: Shape = Shape::Object(&[
    FieldSpec::required("kycStatus", KYC_STATUS, "The KYC status of the client."),
    FieldSpec::nullable("policyVersion", shape::ANY_TEXT, "The version of the bank's KYC policy."),
    FieldSpec::required(
        "requirements",
        Shape::List { of: &REQUIREMENT, max: 100 },
        "Every requirement of the policy for this client.",
    ),
    REQUESTED_DOCUMENTS,
    FieldSpec::required(
        "mobile",
        kyc_information::CONTACT_PART,
        "The phone number, as GetCustomerKycInformationQuery shows it.",
    ),
    FieldSpec::required("email", kyc_information::CONTACT_PART, "The e-mail address, in the same way."),
    FieldSpec::required(
        "documents",
        Shape::List { of: &Shape::Object(DOCUMENT), max: 100 },
        "The identity documents, oldest first, without their files.",
    ),
    FieldSpec::required(
        "addresses",
        Shape::List { of: &Shape::Object(ADDRESS), max: 100 },
        "The address information, oldest first.",
    ),
]);

const REQUIREMENT: Shape = Shape::Object(&[
    FieldSpec::required("requirement", shape::ANY_TEXT, "The requirement in words."),
    FieldSpec::required("anyOf", shape::NAMES, "The evidence that satisfies it; any one suffices."),
    FieldSpec::required(
        "standing",
        Shape::Choice(&["missing", "rejected", "expired", "outdated", "pending", "verified"]),
        "How it stands.",
    ),
]);

const HISTORY: Shape = Shape::Object(&[
    FieldSpec::required("entries", Shape::List { of: &history::ENTRY, max: 100 }, "The lines, newest first."),
    FieldSpec::nullable(
        "nextCursor",
        shape::ANY_TEXT,
        "The cursor of the next page for RetrieveContactHistoryQuery; null if these are all lines.",
    ),
]);

const WITHHELD: Shape = Shape::Object(&[
    FieldSpec::required("member", Shape::Choice(&["kyc", "history"]), "The member that is null."),
    FieldSpec::required("permission", shape::ANY_TEXT, "The permission that the caller lacks."),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let wanted: Option<ClientRef> = client(&mut form);
    let history_lines = form.integer("historyLines", page_size).unwrap_or(DEFAULT_LINES);
    let client = form.finish(wanted)?;
    let view = ask(clients, caller, GetClientView { client, history_lines }).await?;
    let version = view.details.client.version();
    Ok(Reply {
        version: Some(version),
        ..reply("Client view retrieved successfully.", view_json(clients, view, caller))
    })
}

fn view_json(clients: &Clients, view: ClientView, caller: &Caller) -> Value {
    let ClientView { details, actions, kyc, look_alikes, more_look_alikes, history } = view;
    let client = &details.client;
    let policy = clients.kyc_policy();
    let explained = actions.iter().map(|one| actions::entry(one, &policy.reasons, caller));
    let open = client.snapshot().amendments.iter();
    let open = open.map(|one| amendments::amendment_json(client, one, caller));
    let withheld = [("kyc", kyc.withheld()), ("history", history.withheld())].into_iter();
    let withheld = withheld.filter_map(|(member, lacking)| {
        lacking.map(|permission| json!({ "member": member, "permission": permission.name() }))
    });
    json!({
        "contactEncodedKey": client.key().as_str(),
        "version": client.version().get(),
        "actions": explained.collect::<Vec<_>>(),
        "kyc": kyc.shown().map(|standing| kyc_json(client, standing)),
        "amendments": open.collect::<Vec<_>>(),
        "lookAlikes": look_alikes.iter().map(look_alikes::look_alike_json).collect::<Vec<_>>(),
        "hasMoreLookAlikes": more_look_alikes,
        "history": history.shown().map(|lines| history_json(lines, caller)),
        "withheld": withheld.collect::<Vec<_>>(),
        "client": ClientMembers::of_details(&details, caller),
    })
}

fn kyc_json(client: &Client, standing: &KycStanding) -> Value {
    let evidence = client.kyc();
    let documents = evidence.documents.iter().map(|one| document_json(client, one, standing.today));
    let addresses = evidence.addresses.iter().map(|one| address_json(client, one));
    json!({
        "kycStatus": standing.status.name(),
        "policyVersion": standing.policy.as_ref().map(|version| version.as_str()),
        "requirements": standing.requirements.iter().map(requirement_json).collect::<Vec<_>>(),
        "requestedDocuments": requested_documents(&standing.requested),
        "mobile": kyc_information::contact_part(client, ContactPoint::Mobile),
        "email": kyc_information::contact_part(client, ContactPoint::Email),
        "documents": documents.collect::<Vec<Map<_, _>>>(),
        "addresses": addresses.collect::<Vec<Map<_, _>>>(),
    })
}

fn requirement_json((requirement, status): &(Requirement, RequirementStatus)) -> Value {
    json!({
        "requirement": requirement.to_string(),
        "anyOf": evidence_json(requirement),
        "standing": status.name(),
    })
}

fn history_json(lines: &ClientHistory, caller: &Caller) -> Value {
    let next = lines.next.map(|version| cursor::write_version(version, &history::query_of(&lines.client)));
    json!({
        "entries": lines.entries.iter().map(|line| history::entry(line, caller)).collect::<Vec<_>>(),
        "nextCursor": next,
    })
}
