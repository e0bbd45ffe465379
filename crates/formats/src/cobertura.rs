//! Cobertura's XML: <http://cobertura.sourceforge.net/xml/coverage-04.dtd>, as istanbul, coverage.py and others write it.

use std::collections::BTreeMap;

use crate::{
    Reading, Unreadable,
    coverage::{self, Coverage, FileCoverage, Line, Ratio, Totals},
    text,
    xml::{Document, Element, Part},
};

pub(crate) fn read(text: &str) -> Result<Reading, Unreadable> {
    let mut document = Document::new(text);
    let mut report = Report::default();
    while let Some(part) = document.next()? {
        match part {
            Part::Open(element) => report.open(&element)?,
            Part::Close(name) => report.close(&name),
            Part::Text(text) => {
                if let Some(source) = &mut report.source {
                    source.push_str(&text);
                }
            }
        }
    }
    Ok(report.coverage().reading())
}

#[derive(Default)]
struct Report {
    rooted: bool,
    declared: Totals,
    sources: Vec<String>,
    /// The text of the source that is open.
    source: Option<String>,
    files: BTreeMap<String, Class>,
    /// The class that is open, which has a file's name: a file may hold several.
    class: Option<(String, Class)>,
    /// Whether the method that is open ran. Its lines stand among the class's once more.
    method: Option<bool>,
}

#[derive(Default)]
struct Class {
    lines: Vec<Line>,
    branches: BTreeMap<u32, Ratio>,
    functions: Ratio,
}

impl Report {
    fn open(&mut self, element: &Element<'_>) -> Result<(), Unreadable> {
        match element.name.as_str() {
            "coverage" if !self.rooted => self.root(element)?,
            _ if !self.rooted => {
                let name = text::one_line(&element.name);
                return Err(element.wrong(&format!("expected `coverage`, found `{name}`")));
            }
            "source" => self.source = Some(String::new()),
            "class" if self.class.is_some() => return Err(element.wrong("a `class` stands in a `class`")),
            "class" => {
                let file = element.text("filename")?.filter(|name| !name.is_empty());
                let file = file.ok_or_else(|| element.wrong("attribute `filename` is missing"))?;
                self.class = Some((file, Class::default()));
            }
            "method" => self.method = Some(element.number("hits")?.unwrap_or_default() > 0),
            "line" => self.line(element)?,
            _ => {}
        }
        Ok(())
    }

    fn root(&mut self, element: &Element<'_>) -> Result<(), Unreadable> {
        self.rooted = true;
        // Clover's root has the same name.
        if element.text("line-rate")?.is_none() && element.text("lines-valid")?.is_none() {
            return Err(
                element.wrong("neither `line-rate` nor `lines-valid` is there: this is not Cobertura's `coverage`")
            );
        }
        let ratio = |covered: &str, total: &str| -> Result<Option<Ratio>, Unreadable> {
            let ratio = element.number(covered)?.zip(element.number(total)?);
            Ok(ratio.map(|(covered, total)| Ratio { covered: covered.min(total), total }))
        };
        self.declared.lines = ratio("lines-covered", "lines-valid")?;
        self.declared.branches = ratio("branches-covered", "branches-valid")?;
        Ok(())
    }

    fn line(&mut self, element: &Element<'_>) -> Result<(), Unreadable> {
        let hits = element.number("hits")?.ok_or_else(|| element.wrong("attribute `hits` is missing"))?;
        if let Some(ran) = &mut self.method {
            *ran |= hits > 0;
            return Ok(());
        }
        let Some((_, class)) = &mut self.class else { return Ok(()) };
        let number = element.number("number")?.and_then(|number| u32::try_from(number).ok());
        let number = number.ok_or_else(|| element.wrong("attribute `number` is missing or too large"))?;
        class.lines.push(Line { number, hits: u32::try_from(hits).unwrap_or(u32::MAX) });
        if let Some(conditions) = element.text("condition-coverage")? {
            let found = conditions.split_once('(').and_then(|(_, rest)| rest.split_once(')')?.0.split_once('/'));
            let found =
                found.and_then(|(covered, total)| Some((covered.trim().parse().ok()?, total.trim().parse().ok()?)));
            let Some((covered, total)) = found.filter(|(covered, total)| covered <= total) else {
                let found = text::one_line(&conditions);
                return Err(
                    element.wrong(&format!("attribute `condition-coverage`: expected `50% (1/2)`, found `{found}`"))
                );
            };
            let ratio = class.branches.entry(number).or_default();
            *ratio = ratio.and(Ratio { covered, total });
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "source" => self.sources.extend(self.source.take().map(|source| text::path(source.trim()))),
            "method" => {
                if let (Some(ran), Some((_, class))) = (self.method.take(), &mut self.class) {
                    class.functions = class.functions.and(Ratio { covered: u64::from(ran), total: 1 });
                }
            }
            "class" => {
                if let Some((file, class)) = self.class.take() {
                    let known = self.files.entry(file).or_default();
                    known.lines.extend(class.lines);
                    known.functions = known.functions.and(class.functions);
                    for (number, ratio) in class.branches {
                        let branches = known.branches.entry(number).or_default();
                        *branches = branches.worse(ratio);
                    }
                }
            }
            _ => {}
        }
    }

    fn coverage(self) -> Coverage {
        let files: Vec<FileCoverage> = self.files.into_iter().map(|(path, class)| class.file(&path)).collect();
        let counted = files.iter().fold(Totals::default(), |totals, file| totals.and(file.totals));
        let sources = self.sources.into_iter().filter(|source| !source.is_empty()).collect();
        Coverage { files, sources, totals: counted.worse(self.declared) }
    }
}

impl Class {
    fn file(self, path: &str) -> FileCoverage {
        let lines = coverage::in_order(self.lines, u32::max);
        let branches = self.branches.values().copied().reduce(Ratio::and);
        let functions = (self.functions.total > 0).then_some(self.functions);
        let mut file =
            FileCoverage { path: text::path(path), lines, branches: self.branches, totals: Totals::default() };
        file.totals = Totals { lines: file.counted_lines(), statements: None, functions, branches };
        file
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, coverage::Ratio, testing};

    #[test]
    fn every_tool_tells_its_lines_functions_and_branches() {
        let sum =
            "src/sum.js 2 3! 5 8! [2: 1/2] lines 2/4 functions 1/2 branches 1/2\nlines 2/4 functions 1/2 branches 1/2";
        assert_eq!(testing::covered(Format::Cobertura, "vitest-4/cobertura.xml"), sum);
        assert_eq!(
            testing::covered(Format::Cobertura, "coverage-py-7/cobertura.xml"),
            "src/__init__.py\nsrc/shop.py 1 2 3! 4 [2: 1/2] lines 3/4 branches 1/2\nlines 3/4 branches 1/2"
        );
        for version in [17, 18] {
            assert_eq!(
                testing::covered(Format::Cobertura, &format!("nyc-{version}/cobertura.xml")),
                "src/check.js 1 [1: 1/2] lines 1/1 branches 1/2\nsrc/empty.js\n\
                 src/sum.js 2 3! 5 8! 10 [2: 1/2] lines 3/5 functions 1/2 branches 1/2\n\
                 lines 4/6 functions 1/2 branches 2/4"
            );
        }
    }

    #[test]
    fn the_folders_that_paths_are_relative_to_are_told() {
        let coverage =
            crate::read(Format::Cobertura, &testing::fixture("c8-12/cobertura.xml")).unwrap().coverage.unwrap();
        assert_eq!(coverage.sources, ["/repo"]);
    }

    #[test]
    fn classes_of_one_file_are_put_together() {
        let report = r#"<coverage line-rate="1"><class filename="A.java"><lines><line number="1" hits="0"/><line number="2" hits="1"/></lines></class>
            <class filename="A.java"><lines><line number="1" hits="3"/></lines></class></coverage>"#;
        let coverage = read(report).unwrap().coverage.unwrap();
        assert_eq!(coverage.files.len(), 1);
        assert_eq!(coverage.totals.lines, Some(Ratio { covered: 2, total: 2 }));
    }

    #[test]
    fn sums_are_believed_where_they_are_worse() {
        let lines = |sums: &str, hits: u32| {
            let class = format!("<class filename=\"a\"><lines><line number=\"1\" hits=\"{hits}\"/></lines></class>");
            read(&format!("<coverage {sums}>{class}</coverage>")).unwrap().coverage.unwrap().totals.lines
        };
        assert_eq!(lines("lines-valid='10' lines-covered='10'", 0), Some(Ratio { covered: 0, total: 1 }));
        assert_eq!(lines("lines-valid='10' lines-covered='5'", 1), Some(Ratio { covered: 5, total: 10 }));
    }

    #[test]
    fn other_documents_are_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told("<testsuites/>"), "byte 13: expected `coverage`, found `testsuites`");
        assert!(told("<coverage generated='1'/>").ends_with("this is not Cobertura's `coverage`"));
        assert!(
            told("<coverage line-rate='1'><class name='a'/></coverage>").ends_with("attribute `filename` is missing")
        );
        let nested = "<coverage line-rate='1'><class filename='a'><class filename='b'/></class></coverage>";
        assert!(told(nested).ends_with("a `class` stands in a `class`"));
        let line = "<coverage line-rate='1'><class filename='a'><line number='1' hits='1' condition-coverage='3/2'/></class></coverage>";
        assert!(told(line).ends_with("attribute `condition-coverage`: expected `50% (1/2)`, found `3/2`"));
    }
}
