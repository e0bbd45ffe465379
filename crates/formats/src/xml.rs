//! XML, read as it comes: no tree, no entities but the five of XML itself, no documents from elsewhere.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};

use crate::{Unreadable, text};

/// The most elements that may be open at once.
const DEEPEST: usize = 128;

/// A document, of which [`Document::next`] tells one part after the other.
pub(crate) struct Document<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    /// The names of the elements that are open.
    open: Vec<String>,
    /// Whether the outermost element was there.
    rooted: bool,
}

/// A part of a document.
pub(crate) enum Part<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// An element ends.
    Close(String),
    /// Text within an element; an element's text may come in several parts.
    Text(Cow<'a, str>),
}

/// The beginning of an element.
pub(crate) struct Element<'a> {
    /// Without its prefix.
    pub(crate) name: String,
    start: BytesStart<'a>,
    place: String,
}

impl Element<'_> {
    /// An attribute's value; none where it is not there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let wrong = |error: &dyn std::fmt::Display| {
            Unreadable::malformed(&self.place, text::one_line(&format!("attribute `{name}`: {error}")))
        };
        let Some(attribute) = self.start.try_get_attribute(name).map_err(|error| wrong(&error))? else {
            return Ok(None);
        };
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| wrong(&error))?;
        Ok(Some(value.into_owned()))
    }

    /// An attribute that is a whole number; none where it is not there or empty.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Unreadable> {
        let Some(value) = self.text(name)?.filter(|value| !value.trim().is_empty()) else { return Ok(None) };
        let number = value.trim().parse().map_err(|_| {
            let found = text::one_line(&value);
            self.wrong(&format!("attribute `{name}`: expected a number, found `{found}`"))
        })?;
        Ok(Some(number))
    }

    /// What is wrong with this element.
    pub(crate) fn wrong(&self, reason: &str) -> Unreadable {
        Unreadable::malformed(&self.place, reason)
    }
}

impl<'a> Document<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, text, open: Vec::new(), rooted: false }
    }

    /// The next part; none at the end of a whole document.
    pub(crate) fn next(&mut self) -> Result<Option<Part<'a>>, Unreadable> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.broken(&error))?;
            match event {
                Event::Start(start) => return self.opened(start).map(Some),
                Event::End(_) => {
                    let name = self.open.pop().unwrap_or_default();
                    return Ok(Some(Part::Close(name)));
                }
                Event::Text(part) => {
                    let content = part.into_inner();
                    if !self.open.is_empty() {
                        return Ok(Some(Part::Text(content)));
                    }
                    if !content.trim().is_empty() {
                        return Err(self.wrong("text outside of the document's element"));
                    }
                }
                Event::CData(part) if !self.open.is_empty() => return Ok(Some(Part::Text(part.into_inner()))),
                Event::CData(_) => return Err(self.wrong("text outside of the document's element")),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().map_err(|error| self.broken(&error))?;
                    if let Some(character) = character {
                        return Ok(Some(Part::Text(character.to_string().into())));
                    }
                    let name = reference.into_inner();
                    return match resolve_xml_entity(&name) {
                        Some(meant) => Ok(Some(Part::Text(meant.into()))),
                        None => Err(self.wrong(&format!("unknown entity `{}`", text::one_line(&name)))),
                    };
                }
                // What a document type declares could change what the document says.
                Event::DocType(declared) if declared.contains('[') => {
                    return Err(self.wrong("the document type declares something of its own"));
                }
                Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Empty(_) => return Err(self.wrong("an element ends before it begins")),
                Event::Eof if !self.open.is_empty() => return Err(self.wrong("the report ends in the middle")),
                Event::Eof if !self.rooted => return Err(self.wrong("no element is there")),
                Event::Eof => return Ok(None),
            }
        }
    }

    fn opened(&mut self, start: BytesStart<'a>) -> Result<Part<'a>, Unreadable> {
        if self.open.is_empty() && self.rooted {
            return Err(self.wrong("a second document begins"));
        }
        if self.open.len() == DEEPEST {
            return Err(self.wrong(&format!("more than {DEEPEST} elements are open")));
        }
        self.rooted = true;
        let name = start.local_name().as_ref().to_owned();
        self.open.push(name.clone());
        Ok(Part::Open(Element { name, place: self.place(), start }))
    }

    fn wrong(&self, reason: &str) -> Unreadable {
        Unreadable::malformed(self.place(), reason)
    }

    fn broken(&self, error: &dyn std::fmt::Display) -> Unreadable {
        self.wrong(&text::one_line(&error.to_string()))
    }

    /// Counting lines anew for each element would take quadratic time, so the place is a number of bytes.
    fn place(&self) -> String {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len());
        format!("byte {}", at.min(self.text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Part};

    /// The parts of a document, as one text.
    fn told(text: &str) -> String {
        let mut document = Document::new(text);
        let mut told = String::new();
        loop {
            match document.next() {
                Ok(Some(Part::Open(element))) => {
                    let attribute = element.text("a").map_err(|error| error.to_string());
                    told += &format!("<{} {attribute:?}>", element.name);
                }
                Ok(Some(Part::Close(name))) => told += &format!("</{name}>"),
                Ok(Some(Part::Text(text))) => told += &text,
                Ok(None) => return told,
                Err(error) => return error.to_string(),
            }
        }
    }

    #[test]
    fn elements_attributes_and_text_are_told() {
        let text = "<?xml version=\"1.0\"?><!-- c --><x:r a='&lt;1&#65;'>one &amp; <![CDATA[<two>]]><e/></x:r>\n";
        assert_eq!(told(text), "<r Ok(Some(\"<1A\"))>one & <two><e Ok(None)></e></r>");
    }

    #[test]
    fn a_document_type_is_skipped_unless_it_declares_something() {
        assert_eq!(told("<!DOCTYPE r SYSTEM \"http://example.com/r.dtd\"><r/>"), "<r Ok(None)></r>");
        let expanding = "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><r>&a;&b;</r>";
        assert!(told(expanding).ends_with("the document type declares something of its own"));
        assert!(told("<r>&a;</r>").ends_with("unknown entity `a`"));
        assert!(told("<r a='&a;'/>").contains("attribute `a`: "));
    }

    #[test]
    fn what_is_no_whole_document_is_refused() {
        assert_eq!(told("<r><e>"), "byte 6: the report ends in the middle");
        assert_eq!(told("<r/><r/>"), "byte 8: a second document begins");
        assert_eq!(told("<r/>more"), "byte 8: text outside of the document's element");
        assert_eq!(told("<!-- nothing -->"), "byte 16: no element is there");
        assert!(told("<r></e>").contains("expected `</r>`"), "{}", told("<r></e>"));
        assert_eq!(told(&"<r>".repeat(100_000)), "byte 387: more than 128 elements are open");
    }
}
