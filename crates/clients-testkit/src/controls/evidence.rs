//! Documents and addresses of made-up clients: what the policy of the bank requires, submitted by one person and approved by
//! another.

use std::collections::BTreeSet;

use bytes::Bytes;
use client_app::commands::{
    ApproveAddress, ApproveDocument, ContentUpload, CreateClient, SubmitAddress, SubmitDocument,
};
use client_app::ports::ClientRef;
use client_app::{Clients, Error, RequestContext};
use client_domain::kyc::{DocumentKind, Evidence, FileExtension, KycPolicy, Validity};
use client_domain::value::IdentificationNumber;

/// A picture of one grey point.
const PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\
    \x00\x00\x00\nIDATx\xdac\xa8\x07\x00\x00\x81\x00\x80~\x1c)\xc7\x00\x00\x00\x00IEND\xaeB`\x82";

/// A person, and what tells the numbers of their documents from those of others.
pub(super) struct Applicant<'a> {
    pub(super) person: &'a CreateClient,
    pub(super) number: u64,
}

/// What a client lacks for an approval, and who brings it.
pub(super) struct Evidences<'a> {
    pub(super) clients: &'a Clients,
    pub(super) policy: &'a KycPolicy,
    pub(super) maker: &'a RequestContext,
    pub(super) checker: &'a RequestContext,
}

impl Evidences<'_> {
    /// Submits and approves one piece of evidence for each requirement of the policy.
    pub(super) async fn bring(&self, client: &ClientRef, applicant: &Applicant<'_>) -> Result<(), Error> {
        let mut brought = BTreeSet::new();
        for requirement in self.policy.required_of(applicant.person.customer_type) {
            let accepted = requirement.evidence();
            if !brought.is_disjoint(accepted) {
                continue;
            }
            let possible = |evidence: &&Evidence| match evidence {
                Evidence::Document(kind) => self.number(*kind, applicant).is_some(),
                Evidence::Address => true,
            };
            // Without any the approval is refused, and says what is missing.
            let Some(evidence) = accepted.iter().find(possible) else { continue };
            match evidence {
                Evidence::Document(kind) => self.document(client, *kind, applicant).await?,
                Evidence::Address => self.address(client, applicant.person).await?,
            }
            brought.insert(*evidence);
        }
        Ok(())
    }

    async fn document(
        &self,
        client: &ClientRef,
        kind: DocumentKind,
        applicant: &Applicant<'_>,
    ) -> Result<(), Error> {
        let picture = ContentUpload::inspect(FileExtension::Png, Bytes::from_static(PICTURE));
        let (Some(number), Ok(content)) = (self.number(kind, applicant), picture) else { return Ok(()) };
        let submit = SubmitDocument {
            client: client.clone(),
            kind,
            number,
            issuer: None,
            validity: Validity::default(),
            content,
        };
        let submitted = self.clients.execute(self.maker, submit).await?.into_outcome();
        let approve = ApproveDocument { document: submitted.document, comment: None, seen: None };
        let checker = RequestContext { expected_version: Some(submitted.version), ..self.checker.clone() };
        self.clients.execute(&checker, approve).await.map(drop)
    }

    async fn address(&self, client: &ClientRef, person: &CreateClient) -> Result<(), Error> {
        let home = &person.details.postal_address;
        let submit = SubmitAddress {
            client: client.clone(),
            line1: home.address.clone(),
            line2: None,
            city: home.city.clone(),
            state: home.state.clone(),
            country: home.country,
            postal_code: None,
        };
        let submitted = self.clients.execute(self.maker, submit).await?.into_outcome();
        let approve = ApproveAddress { address: submitted.address, comment: None };
        let checker = RequestContext { expected_version: Some(submitted.version), ..self.checker.clone() };
        self.clients.execute(&checker, approve).await.map(drop)
    }

    /// The number of the person's document: the one of the identification, or one that the policy accepts.
    fn number(&self, kind: DocumentKind, applicant: &Applicant<'_>) -> Option<IdentificationNumber> {
        let own = &applicant.person.identification;
        let is_own = DocumentKind::parse(own.kind.as_str()).is_ok_and(|own| own == kind);
        if is_own && self.policy.fits(kind, &own.number) {
            return Some(own.number.clone());
        }
        match self.policy.masks_of(kind) {
            [] => IdentificationNumber::parse(&format!("S{:07}", applicant.number)).ok(),
            masks => masks.iter().find_map(|mask| mask.example(applicant.number)),
        }
    }
}
