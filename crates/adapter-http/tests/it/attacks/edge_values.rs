//! Signatures made of boundary values of the fields and groups, which careless verifiers accept.

use crate::attacks::Target;
use crate::keys::{Signer, encode};

/// The order of P-256 and its field, big-endian; the order of Ed25519 and its field, little-endian.
const EDGES: [&str; 4] = [
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

type Number = [u8; 32];

/// Each edge with its neighbours, and 0, 1 and 2 in both orders of bytes.
fn numbers() -> Vec<Number> {
    let mut numbers = vec![[0; 32], [255; 32]];
    for small in [1, 2] {
        let (mut big_endian, mut little_endian) = ([0; 32], [0; 32]);
        (big_endian[31], little_endian[0]) = (small, small);
        numbers.extend([big_endian, little_endian]);
    }
    let mut one = [0; 32];
    one[0] = 1;
    for (at, edge) in EDGES.iter().enumerate() {
        let edge: Number = std::array::from_fn(|n| u8::from_str_radix(&edge[2 * n..2 * n + 2], 16).unwrap());
        let big_endian = at < 2;
        let mut below = edge;
        // None of the edges ends in a zero.
        below[if big_endian { 31 } else { 0 }] -= 1;
        let mut above = edge;
        if big_endian {
            above.reverse();
        }
        above = sum(&above, &one);
        if big_endian {
            above.reverse();
        }
        numbers.extend([below, edge, above]);
    }
    numbers
}

/// The sum of two little-endian numbers.
fn sum(one: &[u8], other: &Number) -> Number {
    let mut carry = 0;
    std::array::from_fn(|at| {
        let digit = u16::from(one[at]) + u16::from(other[at]) + carry;
        carry = digit >> 8;
        digit.to_le_bytes()[0]
    })
}

/// A signature of two numbers as DER writes it.
fn der(signature: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for half in signature.chunks(32) {
        let sign = usize::from(half[0] > 127);
        body.extend([2, u8::try_from(half.len() + sign).unwrap()]);
        body.extend(std::iter::repeat_n(0, sign).chain(half.iter().copied()));
    }
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

impl Target {
    pub(super) fn edge_values(&self, add: &mut impl FnMut(&str, String)) {
        let good = self.good();
        let (message, _) = good.rsplit_once('.').unwrap();
        let signature = self.signer.sign(message.as_bytes());
        let mut try_bytes = |name: &str, bytes: Vec<u8>| {
            if bytes != signature {
                // Padded to the right length, so that it is not refused for its length.
                let padding = vec![0; signature.len().saturating_sub(bytes.len())];
                add(name, format!("{message}.{}", encode([padding, bytes].concat())));
            }
        };
        let numbers = numbers();
        for (at, first) in numbers.iter().enumerate() {
            for (other, second) in numbers.iter().enumerate() {
                try_bytes(&format!("the edge values {at} and {other}"), [*first, *second].concat());
            }
            if signature.len() == 64 {
                let (r, s) = signature.split_at(32);
                try_bytes(&format!("a good half and the edge value {at}"), [r, &first[..]].concat());
                try_bytes(&format!("the edge value {at} and a good half"), [&first[..], s].concat());
            }
        }
        if let Signer::Ed(_) = self.signer {
            let (r, s) = signature.split_at(32);
            let order = &numbers[13];
            try_bytes("the good signature with the order added", [r, &sum(s, order)[..]].concat());
        }
        if let Signer::Ec(_) = self.signer {
            let der = der(&signature);
            add("the good signature as DER", format!("{message}.{}", encode(&der)));
            for end in 0..der.len() {
                add(&format!("DER cut after {end}"), format!("{message}.{}", encode(&der[..end])));
            }
        }
    }
}
