//! Each rule finds what it is made for, and is silent on what only looks like it.

#[cfg(test)]
mod support;

use std::collections::BTreeSet;

use support::{examples, files, scanner, whole};

#[test]
fn each_rule_has_a_firing_and_a_silent_example() {
    let scanner = scanner();
    let with_both: BTreeSet<String> = examples()
        .into_iter()
        .filter(|examples| !examples.fires.is_empty() && !examples.silent.is_empty())
        .map(|examples| examples.rule)
        .collect();
    let rules: BTreeSet<String> = scanner.rules().iter().map(|rule| rule.id.clone()).collect();
    assert_eq!(rules.difference(&with_both).collect::<Vec<_>>(), [""; 0], "rules without examples");
    assert_eq!(with_both.difference(&rules).collect::<Vec<_>>(), [""; 0], "examples without a rule");
}

#[test]
fn each_firing_example_is_found_by_its_rule_at_its_place() {
    let scanner = scanner();
    let mut missed = Vec::new();
    for examples in examples() {
        let Some((position, rule)) = scanner.rules().iter().enumerate().find(|(_, rule)| rule.id == examples.rule)
        else {
            continue;
        };
        for firing in &examples.fires {
            let (text, secret) = (whole(&firing.text), whole(&firing.secret));
            let Some(start) = text.find(&secret) else {
                missed.push(format!("{}: the secret is not in the text: {}", rule.id, firing.text));
                continue;
            };
            let wanted = start..start + secret.len();
            let hits = scanner.scan(text.as_bytes());
            if !hits.iter().any(|hit| hit.rule == position && hit.range == wanted) {
                let found: Vec<_> = hits
                    .iter()
                    .map(|hit| (scanner.rules().get(hit.rule).unwrap().id.as_str(), hit.range.clone()))
                    .collect();
                missed.push(format!("{}: {} wants {wanted:?}, found {found:?}", rule.id, firing.text));
            }
            if let Some(path) = &rule.path
                && !firing.path.as_ref().is_some_and(|given| path.fits(given.as_bytes()))
            {
                missed.push(format!("{}: the path of the example does not fit", rule.id));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn no_silent_example_is_found_by_any_rule() {
    let scanner = scanner();
    let mut wrong = Vec::new();
    for examples in examples() {
        for text in &examples.silent {
            let text = whole(text);
            for hit in scanner.scan(text.as_bytes()) {
                let by = scanner.rules().get(hit.rule).unwrap();
                // A rule that is bound to a path says nothing elsewhere.
                if by.path.is_none() || by.id == examples.rule {
                    wrong.push(format!("{} by {} at {:?}: {text}", examples.rule, by.id, hit.range));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_example_files_themselves_hold_no_token() {
    let scanner = scanner();
    for file in files() {
        let text = std::fs::read(&file).unwrap();
        let told: Vec<&str> = scanner
            .scan(&text)
            .iter()
            .map(|hit| scanner.rules().get(hit.rule).unwrap())
            .filter(|rule| !rule.generic && rule.path.is_none())
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(told, [""; 0], "{}", file.display());
    }
}
