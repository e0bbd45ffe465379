//! `[gates]` as it is written: settings, and one table for each gate.

use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use toml::Spanned;

use super::{Bundle, CommandLine, CoverageGoals, Gate, Gates, Names, Number, OnUnproven, Paths};
use crate::Place;
use crate::policy::{Duration, Written};

/// The names that are settings and no gates.
const SETTINGS: [&str; 5] = ["discover", "fail_fast", "parallel", "baseline", "ratchet"];
/// A longer name fits into no report.
const LONGEST_ID: usize = 64;

/// The section as it is written.
#[derive(Default)]
pub(crate) struct GatesSection {
    settings: Settings,
    gates: Vec<(Spanned<String>, GateSection)>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Settings {
    /// Whether the package's scripts become gates too. They do where no gate of the policy says what to run.
    discover: Option<bool>,
    /// Whether no further gate begins once one has failed.
    fail_fast: bool,
    /// How many gates run at once; as many as the machine has cores unless this says otherwise.
    #[schemars(range(min = 1))]
    parallel: Option<u16>,
    /// The file of known findings, relative to the root.
    baseline: Option<String>,
    /// The file of numbers that must not get worse, relative to the root.
    ratchet: Option<String>,
}

/// What is said of one gate.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Gate")]
struct GateSection {
    /// The program and its arguments, without a shell: "pnpm lint", or ["sh", "-c", "pnpm lint && pnpm format"].
    run: Option<CommandLine>,
    /// The gates that must pass before this one begins.
    #[schemars(with = "Option<Vec<String>>")]
    needs: Option<Vec<Spanned<String>>>,
    /// Where its reports are, relative to the root; what it prints where there is none.
    report: Paths,
    /// What its reports are written in, such as eslint or junit; found by what stands in them unless this says otherwise.
    #[schemars(with = "Option<String>")]
    format: Option<Spanned<String>>,
    /// How many warnings it may have.
    warnings: Option<u64>,
    /// How much of the code its tests must run.
    coverage: CoverageGoals,
    /// How large what it builds may be, by patterns of files below the root.
    bundle: Bundle,
    /// Its numbers that must not get worse; `quality-gate baseline` writes down how they are.
    ratchet: Vec<Number>,
    /// How long it may take.
    timeout: Option<Duration>,
    /// What a gate means that could not be judged.
    on_unproven: OnUnproven,
    /// Whether it is asked at all.
    enabled: bool,
    /// Variables that it gets although gates usually do not.
    pass: Names,
    /// Variables that it does not get.
    withhold: Names,
}

impl Default for GateSection {
    fn default() -> Self {
        Self {
            run: None,
            needs: None,
            report: Paths::default(),
            format: None,
            warnings: None,
            coverage: CoverageGoals::default(),
            bundle: Bundle::default(),
            ratchet: Vec::new(),
            timeout: None,
            on_unproven: OnUnproven::default(),
            enabled: true,
            pass: Names::default(),
            withhold: Names::default(),
        }
    }
}

impl GatesSection {
    /// The section with the places that `place` gives to its spans.
    pub(crate) fn placed(self, place: impl Fn(Range<usize>) -> Place) -> Gates {
        let written = |text: Spanned<String>| Written { place: place(text.span()), text: text.into_inner() };
        let mut gates = self.gates;
        gates.sort_by_key(|(id, _)| id.span().start);
        let gates = gates.into_iter().map(|(id, section)| Gate {
            id: written(id),
            run: section.run,
            needs: section.needs.map(|needs| needs.into_iter().map(written).collect()),
            report: section.report,
            format: section.format.map(written),
            warnings: section.warnings,
            coverage: section.coverage,
            bundle: section.bundle,
            ratchet: section.ratchet,
            timeout: section.timeout,
            on_unproven: section.on_unproven,
            enabled: section.enabled,
            pass: section.pass,
            withhold: section.withhold,
        });
        Gates {
            discover: self.settings.discover,
            fail_fast: self.settings.fail_fast,
            parallel: self.settings.parallel,
            baseline: self.settings.baseline,
            ratchet: self.settings.ratchet,
            gates: gates.collect(),
        }
    }
}

impl<'de> Deserialize<'de> for GatesSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SectionVisitor)
    }
}

struct SectionVisitor;

impl<'de> Visitor<'de> for SectionVisitor {
    type Value = GatesSection;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<GatesSection, A::Error> {
        let mut section = GatesSection::default();
        while let Some(key) = map.next_key::<Key>()? {
            let settings = &mut section.settings;
            match key.0.get_ref().as_str() {
                "discover" => settings.discover = Some(map.next_value()?),
                "fail_fast" => settings.fail_fast = map.next_value()?,
                "parallel" => settings.parallel = Some(map.next_value::<AtLeastOne>()?.0),
                "baseline" => settings.baseline = Some(map.next_value()?),
                "ratchet" => settings.ratchet = Some(map.next_value()?),
                id => {
                    let gate = map.next_value_seed(GateNamed(id))?;
                    section.gates.push((key.0, gate));
                }
            }
        }
        Ok(section)
    }
}

/// A setting's name, or a gate's.
struct Key(Spanned<String>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::<Id>::deserialize(deserializer).map(|id| {
            let span = id.span();
            Self(Spanned::new(span, id.into_inner().0))
        })
    }
}

struct Id(String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(is_plain) {
            let message =
                format!("`{id}` cannot name a gate; take 1 to {LONGEST_ID} letters, digits, hyphens and underscores");
            return Err(de::Error::custom(message));
        }
        Ok(Self(id))
    }
}

struct AtLeastOne(u16);

impl<'de> Deserialize<'de> for AtLeastOne {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::deserialize(deserializer)? {
            0 => Err(de::Error::custom("at least 1 gate must run at once")),
            number => Ok(Self(number)),
        }
    }
}

/// The table of a gate. Anything but a table is a setting whose name was not written well.
struct GateNamed<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for GateNamed<'_> {
    type Value = GateSection;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<GateSection, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl GateNamed<'_> {
    fn refuse<E: de::Error, T>(&self) -> Result<T, E> {
        Err(E::unknown_field(self.0, &SETTINGS))
    }
}

impl<'de> Visitor<'de> for GateNamed<'_> {
    type Value = GateSection;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GateSection, A::Error> {
        GateSection::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<GateSection, E> {
        self.refuse()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<GateSection, E> {
        self.refuse()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<GateSection, E> {
        self.refuse()
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<GateSection, E> {
        self.refuse()
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<GateSection, A::Error> {
        self.refuse()
    }
}

/// The section for the schema: whatever is no setting is a gate.
#[derive(Default, JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
#[schemars(rename = "Gates", default)]
struct Shape {
    #[schemars(flatten)]
    settings: Settings,
    #[schemars(flatten)]
    gates: std::collections::BTreeMap<String, GateSection>,
}

impl JsonSchema for GatesSection {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Gates".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Shape::json_schema(generator);
        schema.insert("description".to_owned(), "Settings, and one table for each gate.".into());
        schema.insert(
            "propertyNames".to_owned(),
            serde_json::json!({ "pattern": format!("^[A-Za-z0-9_-]{{1,{LONGEST_ID}}}$") }),
        );
        schema
    }
}
