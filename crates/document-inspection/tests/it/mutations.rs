//! Files of the corpus, broken at random: no panic, no endless inspection, and one result however they are cut.
//!
//! `INSPECTION_MUTATIONS` says how many (CI plays 1,500), `INSPECTION_SEED` which.

use std::time::{Duration, Instant};

use document_inspection::samples::{corpus, inspect_in_pieces};

/// What means something to one of the walkers.
const WORDS: [&[u8]; 33] = [
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"<",
    b">",
    b"%",
    b"\\",
    b"/JS",
    b"/AA",
    b"/OpenAction",
    b"/S /URI",
    b"/Filter /FlateDecode",
    b"/Type /ObjStm /N 1 /First 4",
    b"stream\n",
    b"endstream",
    b"endobj",
    b"7 0 obj",
    b"7 0 R",
    b"trailer",
    b"trailer << /Root 1 0 R >>",
    b"xref\n0 9\n",
    b"/Encrypt 7 0 R",
    b"startxref",
    b"%%EOF",
    b"\xff\xd8\xff",
    b"\xff\xda\0\x02",
    b"\xff\xd9",
    b"IDAT",
    b"IEND",
    b"\0\0\0\0",
];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Numbers that look random and are the same for the same seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        from..(from + self.below(64)).min(length)
    }
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(6) {
        let (at, range) = (random.below(bytes.len()), random.range(bytes.len()));
        match random.below(8) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            2 if !bytes.is_empty() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            3 => drop(bytes.drain(range)),
            4 => {
                let word = WORDS[random.below(WORDS.len())];
                drop(bytes.splice(at..at, word.iter().copied()));
            }
            5 => {
                let copy = bytes[range].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            6 => {
                let range = random.range(other.len());
                drop(bytes.splice(at..at, other[range].iter().copied()));
            }
            _ if random.below(4) == 0 => bytes.truncate(at),
            _ => {}
        }
    }
}

#[test]
fn mutated_files_get_one_verdict_in_bounded_time() {
    let (runs, seed) = (number("INSPECTION_MUTATIONS", 1500), number("INSPECTION_SEED", 12));
    let samples: Vec<_> = corpus().into_iter().filter(|sample| sample.bytes.len() < 40_000).collect();
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut accepted = 0;
    for run in 0..runs {
        let sample = &samples[random.below(samples.len())];
        let other = &samples[random.below(samples.len())];
        let mut bytes = sample.bytes.clone();
        mutate(&mut bytes, &other.bytes, &mut random);
        let begin = Instant::now();
        let whole = inspect_in_pieces(sample.media_type, &bytes, &[usize::MAX]);
        let took = begin.elapsed();
        let cuts = [1 + random.below(40), 1 + random.below(5000)];
        let told = || format!("run {run} of seed {seed}, {}, in pieces of {cuts:?}", sample.name);
        assert_eq!(inspect_in_pieces(sample.media_type, &bytes, &cuts), whole, "{}", told());
        // What decompresses to 256 MiB takes long without optimisation; what never ends takes longer.
        assert!(took < Duration::from_mins(1), "{}: {took:?}", told());
        accepted += u64::from(whole.is_ok());
    }
    println!("{runs} mutated files, {accepted} of them accepted");
    // If all were refused for their beginning, nothing after it was inspected.
    assert!(accepted * 50 > runs && accepted < runs, "{accepted} of {runs} accepted");
}
