use serde_json::{Value, json};

/// A fictitious applicant. Its label determines the e-mail address and the identification.
///
/// The label is letters, digits and hyphens.
pub fn applicant(label: &str) -> Value {
    json!({
        "firstName": "Adaeze", "lastName": format!("Okafor {label}"),
        "emailAddress": format!("{label}@example.com"),
        "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female",
        "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
        // Only letters and digits count in an identification number, so 1-11 and 11-1 would be one.
        "identificationType": "International Passport", "identificationNumber": label.replace('-', "X"),
    })
}
