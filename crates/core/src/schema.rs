//! The JSON Schemas that this project publishes, for editors and for readers of reports.

use schemars::generate::SchemaSettings;

use crate::{policy::PolicyFile, report::json::Document};

/// The schema of `ops.toml`: `schemas/ops.schema.json`.
#[must_use]
pub fn policy() -> String {
    pretty(&SchemaSettings::draft07().into_generator().into_root_schema_for::<PolicyFile>())
}

/// The schema of `report.json`: `schemas/report.schema.json`.
#[must_use]
pub fn report() -> String {
    let settings = SchemaSettings::draft07().for_serialize();
    pretty(&settings.into_generator().into_root_schema_for::<Document<'_, serde_json::Value>>())
}

fn pretty(schema: &schemars::Schema) -> String {
    // A schema is JSON already.
    serde_json::to_string_pretty(schema).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use crate::{
        Policy,
        report::{json, sample},
    };
    use serde_json::{Value, json};

    fn validator(schema: &str) -> jsonschema::Validator {
        jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
    }

    #[test]
    fn the_published_schemas_are_those_of_the_code() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        for (name, schema) in [("ops.schema.json", super::policy()), ("report.schema.json", super::report())] {
            let path = folder.join(name);
            if std::env::var_os("UPDATE_SCHEMAS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &schema).unwrap();
            }
            let published = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(published == schema, "schemas/{name} is stale; run UPDATE_SCHEMAS=1 cargo test -p ops-core schema");
        }
    }

    #[test]
    fn every_report_fits_its_schema() {
        let validator = validator(&super::report());
        let mut bare = sample::refused();
        (bare.environment, bare.commit) = (None, None);
        for report in [sample::refused(), bare, sample::with_text_everywhere("x")] {
            let document: Value = serde_json::from_str(&json::render(&report)).unwrap();
            let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new());
        }
        assert!(!validator.is_valid(&json!({ "schema": 1 })));
    }

    #[test]
    fn the_policys_schema_and_its_reader_agree() {
        let validator = validator(&super::policy());
        for (text, is_right) in [
            ("", true),
            (
                "[environments.production]\nrequires = [\"staging\"]\nwindows = [\"Mon-Thu 08:00-16:00 Europe/Oslo\"]",
                true,
            ),
            (
                "[environments.production]\nconfirm = { A = \"b\" }\nfreezes = [{ from = \"2026-12-20\", to = \"2027-01-02\", reason = \"x\" }]",
                true,
            ),
            (
                "[migrations]\nlock_timeout = \"5s\"\nlayout = \"sqlx\"\nparallel = 2\nallow_destructive = [\"sha256:0123456789ab\"]",
                true,
            ),
            (
                "[[waivers]]\nrule = \"a/b\"\npath = \"c\"\nowner = \"d\"\nreason = \"e\"\nexpires = \"2027-01-01\"",
                true,
            ),
            ("[routes]\nguards = [\"x\"]\naccept = [\"proxy\"]\nheaders = []", true),
            (
                "[[routes.public]]\npath = \"/a\"\nmethods = [\"GET\"]\nowner = \"d\"\nreason = \"e\"\nexpires = \"2027-01-01\"",
                true,
            ),
            (
                "[[routes.public]]\npath = \"/a\"\nmethods = [\"get\"]\nowner = \"d\"\nreason = \"e\"\nexpires = \"2027-01-01\"",
                false,
            ),
            (
                "[gates]\nfail_fast = true\n[gates.lint]\nrun = \"pnpm lint\"\nneeds = [\"install\"]\ntimeout = \"5min\"",
                true,
            ),
            ("[gates.lint]\nrun = [\"pnpm\", \"lint\"]\non_unproven = \"fail\"\nwithhold = [\"NPM_*\"]", true),
            (
                "[gates.unit]\nreport = [\"a.xml\"]\nwarnings = 0\nratchet = [\"lines\"]\ncoverage = { lines = 80, paths = { \"src/**\" = 99.5 } }",
                true,
            ),
            ("[gates.unit]\nreport = \"reports/*.xml\"\nformat = \"junit\"", true),
            ("[gates.unit]\nreport = \"../a.xml\"", false),
            ("[gates.unit]\nratchet = [\"line\"]", false),
            ("[gates.unit.coverage]\nlines = 101", false),
            ("[gates]\nfail_fst = true", false),
            ("[gates]\nparallel = 0", false),
            ("[gates.lint]\nrun = []", false),
            ("[gates.lint]\nruns = \"pnpm lint\"", false),
            ("[gates.lint]\nwithhold = [\"A=b\"]", false),
            ("[gates.\"a b\"]\nrun = \"x\"", false),
            ("[routes]\naccept = [\"none\"]", false),
            ("[routes]\nguard = [\"x\"]", false),
            ("[migratoins]", false),
            ("[environments.production]\nmarkr = \"x\"", false),
            ("[migrations]\nlock_timeout = \"5m\"", false),
            ("[migrations]\nlayout = \"prism\"", false),
            ("[migrations]\nallow_destructive = [\"sha256:01\"]", false),
            ("[[waivers]]\nrule = \"a/b\"", false),
            ("[[waivers]]\nrule = \"\"\npath = \"c\"\nowner = \"d\"\nreason = \"e\"\nexpires = \"2027-01-01\"", false),
        ] {
            let document = serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
            assert_eq!(Policy::parse("ops.toml", text).is_ok(), is_right, "{text}");
            assert_eq!(validator.is_valid(&document), is_right, "{text}");
        }
    }
}
