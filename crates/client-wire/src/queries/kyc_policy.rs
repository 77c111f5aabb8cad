use client_domain::Permission;

use super::reply;
use crate::form::Form;
use crate::kyc_policy::{POLICY_ANSWER, policy_json};
use crate::spec::{Kind, OperationSpec};
use crate::{Clients, Failure, Reply};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveKycPolicyQuery",
    kind: Kind::Query,
    about: "Shows what the bank demands of its clients' papers.",
    permission: Permission::KycRead,
    fields: &[],
    reply: POLICY_ANSWER,
    refusals: &[],
    example: "{}",
};

pub(crate) fn answer(clients: &Clients, form: Form<'_>) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    Ok(reply("KYC policy retrieved successfully.", policy_json(&clients.kyc_policy)))
}
