//! The catalogue of kinds of documents: under which names people know each.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A kind: the name that stands for it, and all of its other names with blanks between them; each of letters and digits
/// only, folded.
pub(super) struct DocumentKindNames {
    pub(super) canonical: &'static str,
    others: &'static str,
}

impl DocumentKindNames {
    /// Its other names.
    pub(super) fn others(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.others.split_whitespace()
    }
}

const fn kind(canonical: &'static str, others: &'static str) -> DocumentKindNames {
    DocumentKindNames { canonical, others }
}

/// Every kind that is known by more than one name. The number of a document is unique within its kind, so two kinds are
/// never one here: a Nigerian identity card and its NIN have the same number and stay two kinds, which is the safe side.
#[rustfmt::skip]
const KINDS: &[DocumentKindNames] = &[
    kind("internationalpassport", "\
        passport intlpassport intpassport internationalepassport epassport epass electronicpassport \
        biometricpassport ordinarypassport regularpassport standardpassport nationalpassport travelpassport \
        travellingpassport passportbook ecowaspassport foreignpassport pasaporte passeport passaporte \
        passaporto reisepass pasport paspor pasaport паспорт заграничныипаспорт загранпаспорт 护照 旅券 여권 \
        جوازسفر جواز"),
    kind("nationalid", "\
        nationalidcard nationalidentity nationalidentitycard nationalidentification \
        nationalidentificationcard nationalidentitydocument natid natlid idcard identitycard \
        identificationcard identitydocument nationalcard nationaleid eid eidcard citizenid citizenidcard \
        citizenshipcard citizencard civilid civilidcard nic cnic personalausweis ausweis cartedidentite \
        cartenationaledidentite cni cedula ceduladeidentidad ceduladeciudadania dni \
        documentonacionaldeidentidad cartadidentita carteiradeidentidade cartaodecidadao ghanacard kimlik \
        nufuscuzdani удостоверениеличности 身份证 居民身份证 بطاقههويه"),
    kind("driverslicense", "\
        driverslicence driverlicense driverlicence drivinglicense drivinglicence driverspermit driverpermit \
        drivingpermit dl driverslic driverlic license licence motorlicence drivinglicensecard \
        drivinglicencecard frsclicense frsclicence fuhrerschein fuehrerschein permisdeconduire \
        licenciadeconducir permisodeconducir carnetdeconducir cartadeconducao carteiradehabilitacao \
        carteiranacionaldehabilitacao cnh patente patentediguida ehliyet surucubelgesi водительскиеправа \
        водительскоеудостоверение 驾驶证 驾照 运転免许证 رخصهقياده"),
    kind("voterscard", "\
        voterscards votercard votersid voterid votersidcard voteridcard votersidentitycard voteridentitycard \
        votersidentificationcard votersregistrationcard voterregistrationcard voterregistration \
        permanentvoterscard permanentvotercard permanentvoterscardpvc pvc pvccard inecvoterscard ineccard \
        electoralcard electionid electioncard epic epiccard credencialparavotar tituloeleitoral \
        titulodeeleitor cartedelecteur"),
    kind("nin", "\
        nationalidentificationnumber nationalidentitynumber nationalidnumber ninslip ninnumber nimc nimcslip \
        nimcnumber nationalidentificationnumbernin nationalidentitynumbernin vnin virtualnin"),
    kind("bvn", "\
        bankverificationnumber bankverificationnumberbvn bankverification bvnnumber bvnslip"),
    kind("residencepermit", "\
        residencecard residentpermit residentcard residencypermit residencycard permitofresidence \
        biometricresidencepermit brp permanentresidentcard permanentresidencecard greencard cerpac \
        cerpaccard alienregistrationcard aliencard aufenthaltstitel titredesejour cartedesejour \
        permisoderesidencia permessodisoggiorno iqama"),
    kind("workpermit", "workpermitcard employmentpermit workvisa"),
    kind("taxidentificationnumber", "\
        tin taxid taxidnumber taxnumber taxpayeridentificationnumber taxpayerid taxpayernumber \
        taxidentification taxidentificationnumbertin steuernummer steueridentifikationsnummer numerofiscal"),
    kind("socialsecuritynumber", "ssn socialsecurity socialsecuritycard socialsecuritynumberssn"),
    kind("nationalinsurancenumber", "nino nationalinsurance nationalinsurancecard ninumber"),
    kind("permanentaccountnumber", "pan pancard pannumber permanentaccountnumberpan permanentaccountnumbercard"),
    kind("aadhaar", "\
        aadhar adhaar adhar aadhaarcard aadharcard adhaarcard adharcard aadhaarnumber uidai uid"),
    kind("cpf", "cadastrodepessoasfisicas cpfnumber cadastropessoasfisicas"),
    kind("birthcertificate", "certificateofbirth birthcert geburtsurkunde actedenaissance partidadenacimiento"),
    kind("militaryid", "militaryidcard militarycard armyid armyidcard militaryidentitycard"),
    kind("studentid", "studentidcard studentcard studentidentitycard schoolid schoolidcard"),
    kind("staffid", "\
        staffidcard employeeid employeeidcard workid workidcard companyid staffidentitycard"),
    kind("refugeeid", "refugeeidcard refugeecard refugeeidentitycard"),
    kind("nhisc", "healthinsurancecard healthcard nationalhealthinsurancecard nhis nhiscard"),
    kind("utilitybill", "\
        utility utilitybills electricitybill waterbill gasbill phonebill nepabill phcnbill"),
    kind("bankstatement", "statementofaccount accountstatement statement bankaccountstatement"),
    kind("certificateofincorporation", "\
        incorporationcertificate certificateofincorporationnumber certofincorporation certofinc \
        certificateofregistration companyregistration companyregistrationcertificate cac caccertificate \
        rcnumber rcno registrationcertificate businessregistration businessregistrationcertificate"),
];

/// What people add to the name of a kind.
const ADDED: [&str; 8] = ["number", "no", "card", "document", "copy", "slip", "original", "certificate"];

/// The kind with this name, which is folded. What people add to a name, such as "number" or "card", does not count where
/// the name without it is known and the name with it is not.
pub(super) fn find(key: &str) -> Option<&'static DocumentKindNames> {
    let named = |name: &str| NAMES.get(name).copied();
    named(key).or_else(|| {
        let shorter = ADDED.iter().filter_map(|added| key.strip_suffix(added));
        shorter.filter(|name| name.chars().count() > 2).find_map(named)
    })
}

/// Every text that [`find`] takes for this kind: its names, and each with what people add to it.
pub(super) fn spellings(kind: &DocumentKindNames) -> &'static [String] {
    SPELLINGS.get(kind.canonical).map_or(&[], Vec::as_slice)
}

static SPELLINGS: LazyLock<HashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let of = |kind: &'static DocumentKindNames| {
        let names = kind.others().chain([kind.canonical]);
        let longer = |name: &'static str| ADDED.into_iter().map(move |added| format!("{name}{added}"));
        let mut texts: Vec<_> = names.flat_map(|name| longer(name).chain([name.to_owned()])).collect();
        // What is added may make the name of another kind.
        texts.retain(|text| find(text).is_some_and(|found| found.canonical == kind.canonical));
        texts.sort_unstable();
        texts.dedup();
        (kind.canonical, texts)
    };
    KINDS.iter().map(of).collect()
});

/// Every name and its kind.
static NAMES: LazyLock<HashMap<&'static str, &'static DocumentKindNames>> = LazyLock::new(|| {
    KINDS
        .iter()
        .flat_map(|kind| kind.others().chain([kind.canonical]).map(move |name| (name, kind)))
        .collect()
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kyc::DocumentKind;
    use crate::text::{kind_key, plain_kind};

    #[test]
    fn a_name_is_of_one_kind_and_in_its_normal_form() {
        let mut names = BTreeSet::new();
        for kind in KINDS {
            for name in kind.others().chain([kind.canonical]) {
                assert_eq!(kind_key(name), name);
                assert!(names.insert(name), "{name} is there twice");
            }
        }
    }

    #[test]
    fn kinds_of_kyc_documents_are_in_the_catalogue() {
        for document in DocumentKind::ALL.into_iter().filter(|kind| *kind != DocumentKind::Other) {
            let key = plain_kind(document.name());
            assert_eq!(find(&key).map(|kind| kind.canonical), Some(&*key), "{}", document.name());
        }
    }

    /// A kind has every text that is found as it, and no other, whatever is added to a name.
    #[test]
    fn spellings_of_a_kind_are_the_texts_that_are_found_as_it() {
        let spelled: BTreeSet<_> = KINDS.iter().flat_map(spellings).collect();
        assert_eq!(spelled.len(), KINDS.iter().map(|kind| spellings(kind).len()).sum::<usize>());
        for kind in KINDS {
            for name in kind.others().chain([kind.canonical]) {
                assert!(spelled.contains(&name.to_owned()), "{name}");
                for text in ADDED.map(|added| format!("{name}{added}")) {
                    let found = find(&text);
                    assert_eq!(found.is_some(), spelled.contains(&text), "{text}");
                    assert!(found.is_none_or(|found| spellings(found).contains(&text)), "{text}");
                }
            }
        }
        assert!(spelled.iter().all(|text| kind_key(text) == **text));
    }

    #[test]
    fn what_people_add_to_a_name_does_not_count() {
        for (key, canonical) in [
            ("passportnumber", "internationalpassport"),
            ("driverslicensenumber", "driverslicense"),
            ("voterscardnumber", "voterscard"),
            ("bvnno", "bvn"),
            ("nationalidentitycardno", "nationalid"),
        ] {
            assert_eq!(find(key).map(|kind| kind.canonical), Some(canonical), "{key}");
        }
        assert!(find("nationalidnumber").is_some_and(|kind| kind.canonical == "nin"));
        assert!(find("librarycard").is_none() && find("card").is_none() && find("").is_none());
    }
}
