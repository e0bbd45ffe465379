//! The parts of a SARIF log that are read: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};

use crate::json::{First, Mixed, Pairs, Position};

#[derive(Deserialize)]
pub(super) struct Log<'a> {
    pub(super) version: String,
    #[serde(borrow)]
    pub(super) runs: Vec<Run<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    #[serde(borrow)]
    pub(super) tool: Tool<'a>,
    /// None where the tool did not come to any, or keeps them in another file. They may stand before the rules, so they are
    /// read one by one when those are known.
    pub(super) results: Option<First<IgnoredAny, 0>>,
    #[serde(borrow)]
    pub(super) artifacts: Option<Vec<Artifact<'a>>>,
    #[serde(borrow)]
    pub(super) invocations: Option<Vec<Invocation<'a>>>,
    #[serde(default)]
    pub(super) original_uri_base_ids: Option<Pairs<Base>>,
}

#[derive(Deserialize)]
pub(super) struct Tool<'a> {
    #[serde(borrow)]
    pub(super) driver: Component<'a>,
    /// CodeQL keeps its rules here.
    #[serde(borrow)]
    pub(super) extensions: Option<Vec<Component<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Component<'a> {
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) rules: Option<Vec<Rule<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) short_description: Option<Message<'a>>,
    #[serde(borrow)]
    pub(super) help_uri: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) message_strings: Option<Pairs<Template>>,
    pub(super) default_configuration: Option<Configuration>,
    pub(super) properties: Option<Properties>,
}

#[derive(Deserialize)]
pub(super) struct Template {
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Configuration {
    pub(super) level: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Properties {
    /// A score from 0 to 10, as a text.
    #[serde(rename = "security-severity", default)]
    pub(super) security_severity: Mixed<IgnoredAny>,
}

/// A result.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found<'a> {
    #[serde(borrow)]
    pub(super) rule_id: Option<Cow<'a, str>>,
    pub(super) rule_index: Option<i64>,
    #[serde(borrow)]
    pub(super) rule: Option<Reference<'a>>,
    pub(super) level: Option<String>,
    pub(super) kind: Option<String>,
    #[serde(borrow)]
    pub(super) message: Option<Message<'a>>,
    #[serde(borrow)]
    pub(super) locations: Option<First<Location<'a>, 1>>,
    pub(super) suppressions: Option<First<Suppression, 1_000>>,
    pub(super) baseline_state: Option<String>,
}

/// Where a rule is described.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) index: Option<i64>,
    #[serde(borrow)]
    pub(super) tool_component: Option<ComponentReference<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ComponentReference<'a> {
    pub(super) index: Option<i64>,
    #[serde(borrow)]
    pub(super) name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) markdown: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) arguments: Option<First<Cow<'a, str>, 100>>,
}

#[derive(Deserialize)]
pub(super) struct Suppression {
    /// `accepted`, `underReview` or `rejected`; accepted where there is none.
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(borrow)]
    pub(super) physical_location: Option<Physical<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical<'a> {
    #[serde(borrow)]
    pub(super) artifact_location: Option<ArtifactLocation<'a>>,
    pub(super) region: Option<Place>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation<'a> {
    #[serde(borrow)]
    pub(super) uri: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) uri_base_id: Option<Cow<'a, str>>,
    pub(super) index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    #[serde(default)]
    pub(super) start_line: Position,
    #[serde(default)]
    pub(super) start_column: Position,
    #[serde(default)]
    pub(super) end_line: Position,
    #[serde(default)]
    pub(super) end_column: Position,
}

#[derive(Deserialize)]
pub(super) struct Artifact<'a> {
    #[serde(borrow)]
    pub(super) location: Option<ArtifactLocation<'a>>,
}

/// What a name of a folder stands for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Base {
    pub(super) uri: Option<String>,
    pub(super) uri_base_id: Option<String>,
}

/// How the tool was run.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) execution_successful: Option<bool>,
    #[serde(borrow)]
    pub(super) tool_execution_notifications: Option<Vec<Notification<'a>>>,
    #[serde(borrow)]
    pub(super) tool_configuration_notifications: Option<Vec<Notification<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Notification<'a> {
    #[serde(borrow)]
    pub(super) descriptor: Option<Reference<'a>>,
    pub(super) level: Option<String>,
    #[serde(borrow)]
    pub(super) message: Option<Message<'a>>,
    #[serde(borrow)]
    pub(super) locations: Option<First<Location<'a>, 1>>,
}
