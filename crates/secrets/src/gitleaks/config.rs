//! A gitleaks configuration: rules, allowlists, what it extends.

use std::path::Path;
use std::sync::Arc;

use ops_core::Severity;
use serde::Deserialize;

use super::expression::translated;
use crate::rules::{Allowlist, Near, Pattern, Rule, RuleError, Target};

/// How many files may extend each other, as in gitleaks.
const DEPTH: usize = 2;

/// What a configuration adds to our rules and takes from them.
#[derive(Debug, Default)]
pub struct Config {
    /// Its rules. One without a pattern changes the rule of the same name.
    pub rules: Vec<Rule>,
    /// What is silent for every rule, or for those that it names.
    pub allowlists: Vec<Arc<Allowlist>>,
    /// The rules that it switches off.
    pub disabled: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    extend: Extend,
    #[serde(default)]
    rules: Vec<WrittenRule>,
    allowlist: Option<WrittenAllowlist>,
    #[serde(default)]
    allowlists: Vec<WrittenAllowlist>,
}

#[derive(Default, Deserialize)]
struct Extend {
    path: Option<String>,
    #[serde(default, rename = "disabledRules")]
    disabled: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenRule {
    id: String,
    description: Option<String>,
    regex: Option<String>,
    #[serde(rename = "secretGroup")]
    secret_group: Option<usize>,
    entropy: Option<f64>,
    #[serde(default)]
    keywords: Vec<String>,
    path: Option<String>,
    #[serde(default, rename = "skipReport")]
    skip_report: bool,
    allowlist: Option<WrittenAllowlist>,
    #[serde(default)]
    allowlists: Vec<WrittenAllowlist>,
    #[serde(default)]
    required: Vec<WrittenRequired>,
}

#[derive(Deserialize)]
struct WrittenRequired {
    id: String,
    #[serde(rename = "withinLines")]
    lines: Option<u32>,
    #[serde(rename = "withinColumns")]
    columns: Option<u32>,
}

#[derive(Deserialize)]
struct WrittenAllowlist {
    #[serde(default)]
    condition: String,
    #[serde(default)]
    commits: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default, rename = "regexTarget")]
    target: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default, rename = "targetRules")]
    rules: Vec<String>,
}

impl Config {
    /// Reads the configuration at `path`, and those that it extends; `name` stands in errors.
    ///
    /// # Errors
    /// If a file cannot be read, is no configuration, or holds a pattern that is none.
    pub fn read(name: &str, path: &Path) -> Result<Self, RuleError> {
        Self::read_at(name, path, DEPTH)
    }

    fn read_at(name: &str, path: &Path, depth: usize) -> Result<Self, RuleError> {
        let shape = |message: String| RuleError::Shape { file: name.to_owned(), message };
        let text = std::fs::read_to_string(path).map_err(|error| shape(format!("it cannot be read: {error}")))?;
        let (mut config, extended) = Self::parse_file(name, &text)?;
        let Some(extended) = extended else { return Ok(config) };
        if depth == 0 {
            return Err(shape("it extends more files than can be followed".to_owned()));
        }
        // As in gitleaks, the path counts from where the program was started; from beside the file, if it is not there.
        let beside = path.parent().unwrap_or(path).join(&extended);
        let place = if beside.exists() { beside } else { extended.clone().into() };
        let mut base = Self::read_at(&extended, &place, depth - 1)?;
        base.rules.extend(config.rules);
        base.allowlists.extend(config.allowlists);
        config = Self {
            rules: base.rules,
            allowlists: base.allowlists,
            disabled: [base.disabled, config.disabled].concat(),
        };
        Ok(config)
    }

    /// Reads the configuration that `text` is, without what it extends.
    ///
    /// # Errors
    /// If it is no configuration, or holds a pattern that is none.
    pub fn parse(name: &str, text: &str) -> Result<Self, RuleError> {
        Self::parse_file(name, text).map(|(config, _)| config)
    }

    fn parse_file(name: &str, text: &str) -> Result<(Self, Option<String>), RuleError> {
        let file: File = toml::from_str(text).map_err(|error| RuleError::Shape {
            file: name.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let rules = file.rules.into_iter().map(|written| rule(name, written)).collect::<Result<_, _>>()?;
        let written = file.allowlist.into_iter().chain(file.allowlists);
        let allowlists = written.map(|written| allowlist(name, "allowlist", written)).collect::<Result<_, _>>()?;
        Ok((Self { rules, allowlists, disabled: file.extend.disabled }, file.extend.path))
    }
}

fn rule(file: &str, written: WrittenRule) -> Result<Rule, RuleError> {
    let lists = written.allowlist.into_iter().chain(written.allowlists);
    let allowlists = lists.map(|list| allowlist(file, &written.id, list)).collect::<Result<_, _>>()?;
    let near =
        written.required.into_iter().map(|near| Near { rule: near.id, lines: near.lines, columns: near.columns });
    Ok(Rule {
        file: file.to_owned(),
        title: written.description.filter(|text| !text.is_empty()).unwrap_or_else(|| written.id.clone()),
        pattern: pattern(file, &written.id, written.regex.unwrap_or_default())?,
        secret_group: written.secret_group.filter(|group| *group > 0),
        keywords: written.keywords.into_iter().filter(|keyword| !keyword.is_empty()).collect(),
        everywhere: true,
        entropy: written.entropy.filter(|entropy| *entropy > 0.0),
        validate: None,
        path: written.path.filter(|path| !path.is_empty()).map(|path| pattern(file, &written.id, path)).transpose()?,
        near: near.collect(),
        allow: Vec::new(),
        allowlists,
        severity: Severity::Error,
        part: written.skip_report,
        generic: false,
        doubt: false,
        reference: None,
        id: written.id,
    })
}

fn allowlist(file: &str, rule: &str, written: WrittenAllowlist) -> Result<Arc<Allowlist>, RuleError> {
    let refuse =
        |message: &str| RuleError::Rule { file: file.to_owned(), rule: rule.to_owned(), message: message.to_owned() };
    let patterns =
        |texts: Vec<String>| texts.into_iter().map(|text| pattern(file, rule, text)).collect::<Result<Vec<_>, _>>();
    Ok(Arc::new(Allowlist {
        all: match written.condition.to_ascii_uppercase().as_str() {
            "" | "OR" | "||" => false,
            "AND" | "&&" => true,
            _ => return Err(refuse("has an allowlist whose condition is neither AND nor OR")),
        },
        commits: written.commits.into_iter().map(|commit| commit.to_ascii_lowercase()).collect(),
        paths: patterns(written.paths)?,
        target: match written.target.to_ascii_lowercase().as_str() {
            "" | "secret" => Target::Secret,
            "match" => Target::Match,
            "line" => Target::Line,
            _ => return Err(refuse("has an allowlist whose regexTarget is none of secret, match and line")),
        },
        regexes: patterns(written.regexes)?,
        stopwords: written.stopwords.into_iter().map(|word| word.to_ascii_lowercase()).collect(),
        rules: written.rules,
    }))
}

fn pattern(file: &str, rule: &str, text: String) -> Result<Pattern, RuleError> {
    let pattern = Pattern::new(translated(&text));
    pattern.compile().map_err(|error| RuleError::Rule {
        file: file.to_owned(),
        rule: rule.to_owned(),
        message: format!("has a pattern that cannot be used: {error}"),
    })?;
    Ok(pattern)
}

#[cfg(test)]
mod tests;
