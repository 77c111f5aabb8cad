//! The number of values in a JSON text, counted while its bytes arrive.

/// The largest number of values in a request. The largest search, 50 conditions of 200 values, has half as many.
pub const MAX_NODES: usize = 20_000;

/// The text has more than [`MAX_NODES`] values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooComplex;

/// Counts the values of a JSON text piece by piece.
///
/// A parsed value takes about eighty times the memory of `{}`, so the count has to come before the parser. Every value but
/// the first follows a comma or an opening bracket outside of a string, so these bytes are counted. The parser checks
/// whether the text is JSON.
///
/// ```
/// use client_wire::node_count::NodeCount;
///
/// let mut count = NodeCount::default();
/// assert!(count.push(br#"{"a":[1,2,3]}"#).is_ok());
/// assert!(count.push(&[b','; 20_000]).is_err());
/// ```
#[derive(Debug, Default)]
pub struct NodeCount {
    nodes: usize,
    in_text: bool,
    escaped: bool,
}

impl NodeCount {
    /// Counts the values that begin in the next piece.
    ///
    /// # Errors
    ///
    /// The text has more than [`MAX_NODES`] values.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), TooComplex> {
        loop {
            if self.in_text {
                if self.escaped {
                    let Some((_, rest)) = piece.split_first() else { return Ok(()) };
                    (self.escaped, piece) = (false, rest);
                    continue;
                }
                // A file in base64 is one long string, so its bytes are skipped with `memchr`.
                let Some((at, rest)) = split_at_any(piece) else { return Ok(()) };
                if at == b'"' {
                    self.in_text = false;
                } else {
                    self.escaped = true;
                }
                piece = rest;
                continue;
            }
            let Some((&byte, rest)) = piece.split_first() else { return Ok(()) };
            piece = rest;
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' | b',' => {
                    self.nodes += 1;
                    if self.nodes > MAX_NODES {
                        return Err(TooComplex);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The next quotation mark or backslash, and the bytes after it.
fn split_at_any(piece: &[u8]) -> Option<(u8, &[u8])> {
    let at = memchr::memchr2(b'"', b'\\', piece)?;
    let (found, rest) = piece.get(at..)?.split_first()?;
    Some((*found, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str, piece: usize) -> usize {
        let mut count = NodeCount::default();
        for piece in text.as_bytes().chunks(piece) {
            count.push(piece).unwrap();
        }
        count.nodes
    }

    #[test]
    fn count_does_not_depend_on_the_pieces() {
        for (text, expected) in [
            ("{}", 1),
            (r#"{"a":1,"b":[1,2,3]}"#, 5),
            (r#"{"a":"{[,,,]}","b":"\"{,\\"}"#, 2),
            (r#"{"a":"\\","b":[]}"#, 3),
            (r#"{"a":"\u0022,,"}"#, 1),
        ] {
            for piece in 1..=text.len() {
                assert_eq!(count(text, piece), expected, "{text} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn every_kind_of_value_reaches_the_limit() {
        for (unit, separator) in
            [("{}", ","), ("[]", ","), ("0", ","), ("null", ","), ("\"\"", ","), ("[", "")]
        {
            let mut text = String::from("[");
            text.push_str(&vec![unit; MAX_NODES + 1].join(separator));
            assert_eq!(NodeCount::default().push(text.as_bytes()), Err(TooComplex), "{unit}");
        }
        let members = "\"a\":0,".repeat(MAX_NODES + 1);
        assert_eq!(NodeCount::default().push(members.as_bytes()), Err(TooComplex));
    }

    #[test]
    fn largest_request_is_within_the_limit() {
        let values = vec!["\"x\""; 200].join(",");
        let condition = format!(r#"{{"propertyName":"city","operator":"In","value":[{values}]}}"#);
        let filters = vec![condition; 50].join(",");
        let body = format!(r#"{{"queryName":"RetrieveContactListQuery","data":{{"filters":[{filters}]}}}}"#);
        assert_eq!(NodeCount::default().push(body.as_bytes()), Ok(()));
    }
}
