//! The names that mean something to us, and what they mean.

/// A key of a dictionary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Key {
    #[default]
    Other,
    Type,
    Subtype,
    /// The kind of an action, and of other things.
    S,
    Js,
    OpenAction,
    AdditionalActions,
    /// An action that a click begins.
    Action,
    /// The name of an action that a viewer knows.
    N,
    EmbeddedFile,
    FileName,
    Filter,
    First,
    Width,
    Height,
    Encrypt,
    Length,
    /// Something that is never shown without being run.
    Forbidden(&'static str),
}

impl Key {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"Type" => Self::Type,
            b"Subtype" => Self::Subtype,
            b"S" => Self::S,
            b"JS" => Self::Js,
            b"OpenAction" => Self::OpenAction,
            b"AA" => Self::AdditionalActions,
            b"A" | b"PA" => Self::Action,
            b"N" => Self::N,
            b"EF" => Self::EmbeddedFile,
            b"F" | b"UF" => Self::FileName,
            b"Filter" => Self::Filter,
            b"First" => Self::First,
            b"Width" => Self::Width,
            b"Height" => Self::Height,
            b"Encrypt" => Self::Encrypt,
            b"Length" => Self::Length,
            b"OnInstantiate" => Self::Forbidden("/OnInstantiate"),
            b"XFA" => Self::Forbidden("/XFA"),
            b"RichMediaContent" | b"RichMediaSettings" => Self::Forbidden("/RichMedia"),
            _ => Self::Other,
        }
    }
}

/// What an action does (12.6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionKind {
    /// Stays within the document, so it may begin by itself.
    Inside,
    /// Leaves the document or does something that is seen or heard: after a click only.
    Outside(&'static str),
    /// Runs a program or a script.
    Forbidden(&'static str),
    Script,
    /// A viewer's own command; which one is in another key.
    Named,
    /// No action that we know.
    Unknown,
}

impl ActionKind {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"GoTo" | b"GoToDp" | b"Hide" | b"SetOCGState" | b"Trans" | b"NOP" | b"ResetForm" => Self::Inside,
            b"GoToR" => Self::Outside("/GoToR"),
            b"GoToE" => Self::Outside("/GoToE"),
            b"SubmitForm" => Self::Outside("/SubmitForm"),
            b"ImportData" => Self::Outside("/ImportData"),
            b"URI" => Self::Outside("/URI"),
            b"Movie" => Self::Outside("/Movie"),
            b"Rendition" => Self::Outside("/Rendition"),
            b"Sound" => Self::Outside("/Sound"),
            b"Thread" => Self::Outside("/Thread"),
            b"GoTo3DView" => Self::Outside("/GoTo3DView"),
            b"JavaScript" => Self::Script,
            b"Launch" => Self::Forbidden("/Launch"),
            b"RichMediaExecute" => Self::Forbidden("/RichMedia"),
            // The data of a medium, in the file or elsewhere (13.2.4.2).
            b"MCD" => Self::Forbidden("/Rendition"),
            b"Named" => Self::Named,
            _ => Self::Unknown,
        }
    }
}

/// What a dictionary or a stream is (`/Type` and `/Subtype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Page,
    ObjectStream,
    CrossReferences,
    EmbeddedFile,
    Xml,
    Forbidden(&'static str),
    Other,
}

impl Role {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            // A tree of pages without a page shows nothing.
            b"Page" => Self::Page,
            b"ObjStm" => Self::ObjectStream,
            b"XRef" => Self::CrossReferences,
            b"EmbeddedFile" => Self::EmbeddedFile,
            b"text/xml" | b"application/xml" => Self::Xml,
            b"RichMedia" => Self::Forbidden("/RichMedia"),
            b"3D" => Self::Forbidden("/3D"),
            _ => Self::Other,
        }
    }
}

/// How the bytes of a stream are written (7.4), as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Flate,
    /// Another that makes more of less.
    Expanding,
    Other,
}

impl Filter {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"LZWDecode" | b"LZW" | b"RunLengthDecode" | b"RL" => Self::Expanding,
            _ => Self::Other,
        }
    }
}
