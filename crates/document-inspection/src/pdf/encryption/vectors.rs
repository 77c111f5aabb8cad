//! Encryption dictionaries as qpdf 11.3 writes them for an empty user password, and what their keys open.

use super::super::lexer::Lexer;
use super::dictionary::Encrypt;
use super::handler::StandardHandler;
use super::key::{ObjectId, Part};
use super::recording::{Entries, Recording, Value};

const ID: &str = "<31415926535897932384626433832795>";
const OBJECT: ObjectId = ObjectId { number: 2, generation: 0 };
const SCRIPT: &[u8] = b"AFDate_FormatEx(\"dd/mm/yyyy\");";

/// The cipher, the dictionary, and a string of object 2.
const VECTORS: [(&str, &str, &str); 6] = [
    (
        "rc4-40",
        "<< /Filter /Standard /Length 40 /O <c92422687facee686e373f10b5c7d04738053152f7e2ee30e11c69ec4425\
         76ab> /P -4 /R 2 /U <b3d9fa366906ef42f354c6deb74c59075eaf334eb7c04356ba0d7f3dd8b51d0a> /V 1 >>",
        "fbe8f2462009db23a522d3d32516daad510fac52126c6a2d2f3fc8b3fcff",
    ),
    (
        "rc4-128",
        "<< /Filter /Standard /Length 128 /O <566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2\
         aa6f5> /P -4 /R 3 /U <e21cc3d13b0faa9934db7d20f11e333e0122456a91bae5134273a6db134c87c4> /V 2 >>",
        "2aac1dc2f14a1a2866ab480e059cfc9452b4c480a35c9916adb3d2153ae2",
    ),
    (
        "rc4-128-filter",
        "<< /CF << /StdCF << /AuthEvent /DocOpen /CFM /V2 /Length 16 >> >> /Filter /Standard /Length 128 \
         /O <566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5> /P -4 /R 4 /StmF /StdCF \
         /StrF /StdCF /U <e21cc3d13b0faa9934db7d20f11e333e0122456a91bae5134273a6db134c87c4> /V 4 >>",
        "2aac1dc2f14a1a2866ab480e059cfc9452b4c480a35c9916adb3d2153ae2",
    ),
    (
        "aes-128",
        "<< /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV2 /Length 16 >> >> /Filter /Standard /Length \
         128 /O <566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5> /P -4 /R 4 /StmF \
         /StdCF /StrF /StdCF /U <e21cc3d13b0faa9934db7d20f11e333e0122456a91bae5134273a6db134c87c4> /V 4 \
         >>",
        "0e1c2a38465462707e8c9aa8b6c4d2e05196c7c22963894247c2bba9f2d98e44c01bab89be08723815dc62594fee15f8",
    ),
    (
        "aes-256-r5",
        "<< /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /Filter /Standard /Length \
         256 /O <5a07d7352dce897148e02ce2e6b9186b22cc3f1957b6fc2f0dd76e64aa8e965e27ff04697139565a48f8a263\
         91ab1e82> /OE <2d1366b59327d9bfdeb38923eae7e5aca0d042e39098752468cb76d94dff1cd4> /P -4 /Perms \
         <8b9b8ebf3bf7d3d5b4534f27ff1bfdf1> /R 5 /StmF /StdCF /StrF /StdCF /U \
         <f5049a1048f2aa5662a3dda5c3246587a04b8cb0c03a85f0a08bd3abab9e7b414078b0a0a04ae1bd89a631b09436fc9\
         8> /UE <9df3c8ba9d13f8eed062b599478f993b059ce448aa6a7b7c2fd94404bae944e6> /V 5 >>",
        "0e1c2a38465462707e8c9aa8b6c4d2e0cd3bbe247e9a2d183ce104786256cd6c06e05d0933b433fed717851a0567ea40",
    ),
    (
        "aes-256",
        "<< /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /Filter /Standard /Length \
         256 /O <c9b6f82c6fad610ce3cead4205efd9b34a088dd77044fc6baa00173ad46845c0e35409890786f0fbf21d3651\
         1374ab41> /OE <52e6bd82a167c4e307acb6f25f89b8ae2dd26780e5e691422c67e48bbde33e5f> /P -4 /Perms \
         <1ec259730caad526fba5da3aa6e86fbe> /R 6 /StmF /StdCF /StrF /StdCF /U \
         <7aa3bcfa314628e0abdb65245a69fe0323c870fb9ab6fa0c0a1a77a88fd0d5b3afdafa5bfbca8bd4869908049beef00\
         7> /UE <a1ca89dc622bfddda8e0145f8554b2c13d7765335876d209445a20f5b998cd52> /V 5 >>",
        "0e1c2a38465462707e8c9aa8b6c4d2e07425bcc89cd702272c240f275e88d5237a3e08968fe6ab693a058e83de003320",
    ),
];

/// The entries of a dictionary.
pub(super) fn entries(text: &str) -> Entries {
    let (mut lexer, mut recording) = (Lexer::default(), Recording::default());
    let text = format!("{text} ");
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (used, token) = lexer.next(rest).unwrap();
        rest = &rest[used..];
        if let Some(token) = token {
            recording.push(token, &lexer);
        }
    }
    recording.dictionary().unwrap()
}

fn encrypt(text: &str) -> Option<Encrypt> {
    Encrypt::of(&entries(text))
}

fn bytes(text: &str) -> Vec<u8> {
    match entries(&format!("<< /A {text} >>")).get(b"A") {
        Some(Some(Value::Text(bytes))) => bytes.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn empty_password_opens_what_qpdf_writes() {
    for (name, dictionary, text) in VECTORS {
        let key = StandardHandler::open_with_empty_password(&encrypt(dictionary).unwrap(), &bytes(ID));
        let key = key.unwrap_or_else(|| panic!("{name} does not open"));
        let text = bytes(&format!("<{text}>"));
        assert_eq!(key.decrypt(Part::Text, OBJECT, &text).as_deref(), Some(SCRIPT), "{name}");
        let other = ObjectId { number: 7, ..OBJECT };
        let is_the_same = key.decrypt(Part::Text, other, &text).as_deref() == Some(SCRIPT);
        assert_eq!(is_the_same, name.starts_with("aes-256"), "{name}");
    }
}

#[test]
fn another_password_another_id_and_a_broken_entry_open_nothing() {
    for (name, dictionary, _) in VECTORS {
        let opens = |dictionary: &str, id: &str| {
            let encrypt = encrypt(dictionary);
            encrypt.is_some_and(|encrypt| {
                StandardHandler::open_with_empty_password(&encrypt, &bytes(id)).is_some()
            })
        };
        let (before, user) = dictionary.split_once("/U <").unwrap();
        assert!(!opens(&format!("{before}/U <00{}", &user[2..]), ID), "{name}");
        assert!(!opens(&format!("{before}/U <{}> >>", &user[..8]), ID), "{name}");
        let (before, owner) = dictionary.split_once("/O <").unwrap();
        let is_legacy = !name.starts_with("aes-256");
        assert_eq!(opens(&format!("{before}/O <00{}", &owner[2..]), ID), !is_legacy, "{name}");
        assert_eq!(opens(&dictionary.replace("/P -4", "/P -8"), ID), !is_legacy, "{name}");
        assert!(opens(&dictionary.replace("/P -4", "/P 4294967292"), ID), "{name}");
        assert_eq!(opens(dictionary, "<32>"), !is_legacy, "{name}");
    }
}

#[test]
fn what_is_not_known_is_not_understood() {
    let (_, dictionary, _) = VECTORS[3];
    assert!(encrypt(dictionary).is_some());
    for (from, to) in [
        ("/Standard", "/Adobe.PubSec"),
        ("/V 4", "/V 3"),
        ("/V 4", "/V 5"),
        ("/R 4", "/R 7"),
        ("/R 4", "/R 4 /R 4"),
        ("/AESV2", "/AESV3"),
        ("/AESV2", "/None"),
        ("/StmF /StdCF", "/StmF /Other"),
        ("/StmF /StdCF", "/StmF /StdCF /EFF /Identity"),
        ("/StdCF <<", "/Identity <<"),
        ("/P -4", "/P 99999999999"),
        ("/P -4", "/P 9 0 R"),
        ("/P -4", "/P -4 /EncryptMetadata 1"),
    ] {
        assert!(dictionary.contains(from), "{from}");
        assert!(encrypt(&dictionary.replace(from, to)).is_none(), "{from} as {to}");
    }
    let identity = encrypt(&dictionary.replace("/StrF /StdCF", "/StrF /Identity")).unwrap();
    let key = StandardHandler::open_with_empty_password(&identity, &bytes(ID)).unwrap();
    assert_eq!(key.decrypt(Part::Text, OBJECT, b"as it is").as_deref(), Some(&b"as it is"[..]));
    assert_ne!(key.decrypt(Part::Stream, OBJECT, &[0; 32]).as_deref(), Some(&[0; 32][..]));
}

#[test]
fn damaged_blocks_are_no_text_and_no_panic() {
    let (_, dictionary, _) = VECTORS[3];
    let key = StandardHandler::open_with_empty_password(&encrypt(dictionary).unwrap(), &bytes(ID)).unwrap();
    for length in 0..50 {
        let plain = key.decrypt(Part::Stream, OBJECT, &vec![7; length]);
        assert_eq!(plain.is_some(), length == 0 || length >= 16, "{length}");
        let plain = key.decrypt(Part::Text, OBJECT, &vec![7; length]);
        assert_eq!(plain.is_some(), matches!(length, 0 | 32 | 48), "{length}");
    }
}
