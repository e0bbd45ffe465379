//! JUnit's XML, which has no standard: what Vitest, Playwright, jest-junit, Node.js, mocha, bun, surefire, pytest and others write.

#[cfg(test)]
mod tests;

use ops_core::Severity;

use crate::{
    Issue, Reading, Region, Unreadable, suites, text,
    xml::{Document, Element, Part},
};

pub(crate) fn read(text: &str) -> Result<Reading, Unreadable> {
    let mut document = Document::new(text);
    let mut report = Report::default();
    for what in ["suites", "tests", "passed", "failed", "skipped", "flaky"] {
        report.reading.count(what, 0);
    }
    while let Some(part) = document.next()? {
        match part {
            Part::Open(element) => report.open(&element)?,
            Part::Close(name) => report.close(&name),
            Part::Text(text) => report.text(&text),
        }
    }
    Ok(report.reading)
}

#[derive(Default)]
struct Report {
    reading: Reading,
    /// The suites that are open.
    suites: Vec<Suite>,
    test: Option<Test>,
    /// How many tests failed that may.
    allowed: u64,
    /// The text of the failure that is open.
    failure: Option<Failure>,
}

#[derive(Default)]
struct Suite {
    name: String,
    file: Option<String>,
    /// How many failures and errors the suite says it has.
    declared: u64,
    /// How many were counted before it began.
    before: u64,
}

#[derive(Default)]
struct Test {
    class: String,
    name: String,
    file: Option<String>,
    line: Option<u64>,
    failures: Vec<Failure>,
    skipped: bool,
    /// A test to be done may fail: Node.js lets it.
    to_do: bool,
    flaky: bool,
}

impl Test {
    /// Whether this is a file in which no test ran, which Node.js tells as a test that passed.
    fn is_only_a_file(&self) -> bool {
        self.class == "test" && self.failures.is_empty() && !self.skipped && file_name(&self.name).is_some()
    }
}

#[derive(Default)]
struct Failure {
    /// `error` rather than `failure`.
    unexpected: bool,
    message: String,
    text: String,
}

impl Report {
    fn open(&mut self, element: &Element<'_>) -> Result<(), Unreadable> {
        match element.name.as_str() {
            "testsuites" if self.test.is_none() => self.suite(element),
            "testsuite" if self.test.is_none() => {
                self.reading.count("suites", 1);
                self.suite(element)
            }
            // Nothing of what follows can stand where no suite is open: that is another kind of document.
            _ if self.suites.is_empty() => {
                let name = text::one_line(&element.name);
                Err(element.wrong(&format!("expected `testsuites` or `testsuite`, found `{name}`")))
            }
            // The inner one would hide what the outer one says.
            "testcase" if self.test.is_some() => Err(element.wrong("a `testcase` stands in a `testcase`")),
            "testcase" => {
                self.test = Some(Test {
                    class: element.text("classname")?.unwrap_or_default(),
                    name: element.text("name")?.unwrap_or_default(),
                    file: element.text("file")?,
                    line: element.number("line").unwrap_or_default(),
                    ..Test::default()
                });
                Ok(())
            }
            name @ ("failure" | "error") if self.failure.is_none() => {
                let message = element.text("message")?.unwrap_or_default();
                self.failure = Some(Failure { unexpected: name == "error", message, text: String::new() });
                Ok(())
            }
            "skipped" | "disabled" => {
                let is_to_do = element.text("type")?.is_some_and(|kind| kind == "todo");
                self.mark(|test| (test.skipped, test.to_do) = (true, test.to_do || is_to_do))
            }
            "flakyFailure" | "flakyError" => self.mark(|test| test.flaky = true),
            _ => Ok(()),
        }
    }

    fn mark(&mut self, mark: impl FnOnce(&mut Test)) -> Result<(), Unreadable> {
        if let Some(test) = &mut self.test {
            mark(test);
        }
        Ok(())
    }

    fn suite(&mut self, element: &Element<'_>) -> Result<(), Unreadable> {
        let failures = element.number("failures")?.unwrap_or_default();
        self.suites.push(Suite {
            name: element.text("name")?.unwrap_or_default(),
            file: element.text("file")?,
            declared: failures.saturating_add(element.number("errors")?.unwrap_or_default()),
            before: self.failures(),
        });
        Ok(())
    }

    /// How many failures were listed so far.
    fn failures(&self) -> u64 {
        self.reading.counted("failed") + self.allowed
    }

    fn text(&mut self, text: &str) {
        if let Some(failure) = &mut self.failure
            && failure.text.len() < 64 * 1024
        {
            failure.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "failure" | "error" => {
                let Some(failure) = self.failure.take() else { return };
                match &mut self.test {
                    Some(test) => test.failures.push(failure),
                    None => self.suite_failed(&failure),
                }
            }
            "testcase" => {
                if let Some(test) = self.test.take() {
                    self.tested(&test);
                }
            }
            "testsuite" | "testsuites" if self.test.is_none() => {
                if let Some(suite) = self.suites.pop() {
                    self.settle(&suite);
                }
            }
            _ => {}
        }
    }

    fn tested(&mut self, test: &Test) {
        if test.is_only_a_file() {
            return;
        }
        self.reading.count("tests", 1);
        let counted = match test {
            Test { to_do: true, .. } => "skipped",
            Test { failures, .. } if !failures.is_empty() => "failed",
            Test { skipped: true, .. } => "skipped",
            _ => "passed",
        };
        self.allowed += u64::from(test.to_do && !test.failures.is_empty());
        self.reading.count(counted, 1);
        self.reading.count("flaky", u64::from(test.flaky && test.failures.is_empty()));
        if let Some(failure) = test.failures.first().filter(|_| !test.to_do) {
            let issue = self.issue(test, failure);
            self.reading.add(issue);
        }
    }

    fn issue(&self, test: &Test, failure: &Failure) -> Issue {
        let file = test.file.clone().or_else(|| file_name(&test.class));
        let suite = || self.suites.iter().rev().find_map(|suite| suite.file.clone().or_else(|| file_name(&suite.name)));
        let itself = || file_name(&test.name).filter(|_| test.class == "test");
        let region = file.or_else(suite).or_else(itself).map(|path| {
            let told = test.line.and_then(|line| u32::try_from(line).ok()).unwrap_or_default();
            let (start_line, start_column) = suites::position(&failure.text, &path).unwrap_or((told, 0));
            Region { path: text::path(&path), start_line, start_column, ..Region::default() }
        });
        let region = region.or_else(|| {
            let (path, start_line, start_column) = suites::first_call(&failure.text)?;
            Some(Region { path: text::path(&path), start_line, start_column, ..Region::default() })
        });
        let name = text::one_line(&test.name);
        let why = failure.words();
        Issue {
            rule: if failure.unexpected { "test/error" } else { "test/failed" }.to_owned(),
            severity: Severity::Error,
            message: if why.is_empty() { format!("{name} failed") } else { text::one_line(&format!("{name}: {why}")) },
            help: String::new(),
            region,
            identity: text::one_line(&format!("{} {}", test.class, test.name)),
        }
    }

    /// A suite failed outside of its tests.
    fn suite_failed(&mut self, failure: &Failure) {
        let name = self.suites.last().map(|suite| suite.name.clone()).unwrap_or_default();
        self.fail(&name, &failure.words());
    }

    /// A suite that says it has more failures than it lists is believed.
    fn settle(&mut self, suite: &Suite) {
        let listed = self.failures().saturating_sub(suite.before);
        if suite.declared > listed {
            let declared = suite.declared;
            self.reading.count("failed", declared - listed - 1);
            self.fail(&suite.name, &format!("says that {declared} of its tests failed, but lists {listed}"));
        }
    }

    fn fail(&mut self, suite: &str, why: &str) {
        self.reading.count("failed", 1);
        self.reading.add(Issue {
            rule: "test/suite-failed".to_owned(),
            severity: Severity::Error,
            message: text::one_line(&format!("{suite}: {why}")),
            help: String::new(),
            region: file_name(suite).map(|path| Region { path: text::path(&path), ..Region::default() }),
            identity: text::one_line(suite),
        });
    }
}

impl Failure {
    fn words(&self) -> String {
        let told = suites::without_stack(&self.message);
        if told.is_empty() { suites::without_stack(&self.text) } else { told }
    }
}

/// A name that is a file's: many tools put one where Java has its classes.
fn file_name(name: &str) -> Option<String> {
    const ENDINGS: [&str; 13] =
        ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "py", "feature", "sql"];
    let (stem, ending) = name.rsplit_once('.')?;
    let file = !stem.is_empty() && ENDINGS.contains(&ending) && !name.contains(['\n', '<', '>']);
    file.then(|| name.to_owned())
}
