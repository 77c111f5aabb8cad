use client_app::queries::GetKycPolicy;
use client_app::{Caller, Clients};
use client_domain::Permission;

use super::operation::{QueryOperation, ask, reply};
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_policy::{POLICY_ANSWER, policy_json};
use crate::reply::Reply;
use crate::spec::{OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveKycPolicyQuery",
    kind: OperationKind::Query,
    about: "Returns the bank's KYC policy.",
    permission: Some(Permission::KycRead),
    fields: &[],
    reply: POLICY_ANSWER,
    refusals: &[],
    example: "{}",
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

async fn answer(clients: &Clients, form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    Ok(reply("KYC policy retrieved successfully.", policy_json(&ask(clients, caller, GetKycPolicy).await?)))
}
