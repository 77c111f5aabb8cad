//! A page as a program reads it.

use axum::http::{HeaderMap, StatusCode};
use client_wire::Failure;
use tl::{HTMLTag, ParserOptions, VDom};

/// A page that was answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The failure that the answer carries for the log.
    pub(crate) failure: Option<Failure>,
}

/// An element with its attributes, entities replaced.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl Page {
    fn dom(&self) -> VDom<'_> {
        tl::parse(&self.text, ParserOptions::default()).unwrap()
    }

    /// Every element of the page.
    pub(crate) fn elements(&self) -> Vec<Element> {
        let dom = self.dom();
        let tags = dom.nodes().iter().filter_map(|node| node.as_tag());
        tags.map(|tag| element(tag, &dom)).collect()
    }

    /// The elements with this name.
    pub(crate) fn all(&self, name: &str) -> Vec<Element> {
        self.elements().into_iter().filter(|element| element.name == name).collect()
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> Option<String> {
        let inputs = self.all("input");
        let found = inputs.iter().find(|input| input.get("name") == Some(name));
        found.map(|input| input.get("value").unwrap_or_default().to_owned())
    }

    /// The actions that the page offers, or says why it does not.
    pub(crate) fn offered(&self, yes: &str) -> Vec<String> {
        let elements = self.elements();
        let found = elements.iter().filter(|element| element.get("data-offered") == Some(yes));
        found.map(|element| element.get("data-action").unwrap().to_owned()).collect()
    }

    /// The visible text, without entities.
    pub(crate) fn words(&self) -> String {
        let dom = self.dom();
        let texts = dom.children().iter().filter_map(|child| child.get(dom.parser()));
        decoded(&texts.map(|node| node.inner_text(dom.parser()).into_owned()).collect::<Vec<_>>().join(" "))
    }

    /// What the button for the next page sends.
    pub(crate) fn next_cursor(&self) -> String {
        let button = self.all("button").into_iter().find(|one| one.get("name") == Some("cursor"));
        button.unwrap().get("value").unwrap().to_owned()
    }

    /// The addresses that the page leads to or loads.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let elements = self.elements();
        let of = |element: &Element| {
            ["href", "src", "action", "hx-post", "hx-get", "data-pdf", "data-library", "data-worker"]
                .into_iter()
                .filter_map(|name| element.get(name).map(str::to_owned))
                .collect::<Vec<_>>()
        };
        elements.iter().flat_map(of).collect()
    }
}

fn element(tag: &HTMLTag<'_>, dom: &VDom<'_>) -> Element {
    let attributes = tag.attributes().iter();
    Element {
        name: tag.name().as_utf8_str().to_ascii_lowercase(),
        attributes: attributes
            .map(|(name, value)| (name.to_ascii_lowercase(), decoded(&value.unwrap_or_default())))
            .collect(),
        text: decoded(&tag.inner_text(dom.parser())),
    }
}

/// The text without the entities that the templates write.
pub(crate) fn decoded(text: &str) -> String {
    let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}
