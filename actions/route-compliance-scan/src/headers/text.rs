//! A header's value as far as it is known.

/// An answer that may be missing. Ordered: `No`, `Unknown`, `Yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Answer {
    No,
    Unknown,
    Yes,
}

impl From<bool> for Answer {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

/// A text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct HeaderText(Vec<Option<String>>);

impl HeaderText {
    /// A text without holes.
    pub(crate) fn from_known(text: &str) -> Self {
        Self(vec![Some(text.to_owned())])
    }

    /// Known texts, and `None` where nobody knows.
    pub(crate) fn from_parts(parts: &[Option<&str>]) -> Self {
        Self(parts.iter().map(|part| part.map(str::to_owned)).collect())
    }

    /// The text, where all of it is known.
    pub(crate) fn known(&self) -> Option<String> {
        self.0.iter().map(Option::as_deref).collect()
    }

    pub(crate) fn is_known(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    /// Whether there is anything but blanks in it.
    pub(crate) fn is_something(&self) -> Answer {
        let some = self.0.iter().flatten().any(|text| !text.trim().is_empty());
        if some || self.is_known() { some.into() } else { Answer::Unknown }
    }

    /// What stands between `;` and `,`.
    pub(crate) fn directives(&self) -> Vec<Self> {
        let mut directives = vec![Self::default()];
        for part in &self.0 {
            let Some(text) = part else {
                if let Some(last) = directives.last_mut() {
                    last.0.push(None);
                }
                continue;
            };
            for (index, piece) in text.split([';', ',']).enumerate() {
                if index > 0 {
                    directives.push(Self::default());
                }
                if let Some(last) = directives.last_mut() {
                    last.0.push(Some(piece.to_owned()));
                }
            }
        }
        directives
    }
}

impl std::fmt::Display for HeaderText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|part| formatter.write_str(part.as_deref().unwrap_or("…")))
    }
}
