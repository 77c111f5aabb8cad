//! Whether the values that an approval was given for are those of the client, in SQL.

/// No value of the JSON object in this column is another one than that of the `client c`.
macro_rules! is_current {
    ($verified:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM json_each(",
            $verified,
            ") v WHERE v.value IS NOT CASE v.key \
             WHEN 'firstName' THEN c.first_name WHEN 'middleName' THEN c.middle_name \
             WHEN 'lastName' THEN c.last_name WHEN 'dateOfBirth' THEN c.birth_date WHEN 'gender' THEN c.gender \
             WHEN 'identificationType' THEN c.identification_type \
             WHEN 'identificationNumber' THEN c.identification_number \
             WHEN 'address' THEN c.address WHEN 'city' THEN c.city WHEN 'state' THEN c.region \
             WHEN 'country' THEN c.country END)"
        )
    };
}

/// Of a document `d` of a `client c`.
macro_rules! document_is_current {
    () => {
        $crate::search::current::is_current!("d.verified")
    };
}

/// Of an address `a` of a `client c`.
macro_rules! address_is_current {
    () => {
        $crate::search::current::is_current!("a.verified")
    };
}

pub(super) use {address_is_current, document_is_current, is_current};
