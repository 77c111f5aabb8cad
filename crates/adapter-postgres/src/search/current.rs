//! Whether the values that an approval was given for are those of the client, in SQL.

/// The values of a `client c` under the names of their fields, as far as a review uses them.
macro_rules! client_values {
    () => {
        "jsonb_build_object('firstName', c.first_name, 'middleName', c.middle_name, 'lastName', c.last_name, \
         'dateOfBirth', to_char(c.birth_date, 'YYYY-MM-DD'), 'gender', c.gender, \
         'identificationType', c.identification_type, 'identificationNumber', c.identification_number, \
         'address', c.address, 'city', c.city, 'state', c.region, 'country', c.country)"
    };
}
pub(super) use client_values;

/// Of a document `d` of a `client c`.
macro_rules! document_is_current {
    () => {
        concat!($crate::search::current::client_values!(), " @> d.verified")
    };
}
pub(super) use document_is_current;

/// Of an address `a` of a `client c`.
macro_rules! address_is_current {
    () => {
        concat!($crate::search::current::client_values!(), " @> a.verified")
    };
}
pub(super) use address_is_current;
