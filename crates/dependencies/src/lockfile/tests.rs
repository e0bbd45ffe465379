use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{Drift, Kind, Lockfile, Mismatch, Source};
use crate::manifest::{Group, Manifest};

fn folder(tool: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/lockfiles").join(tool)
}

fn manifests(tool: &str) -> BTreeMap<String, Manifest> {
    let read = |place: &str| std::fs::read_to_string(folder(tool).join(place).join("package.json")).ok();
    let found = ["", "packages/web"].into_iter().filter_map(|place| Some((place, read(place)?)));
    found.map(|(place, text)| (place.to_owned(), Manifest::read(&text).unwrap())).collect()
}

fn text(tool: &str) -> (Kind, String) {
    let present = |(name, kind): (&str, Kind)| Some((kind, std::fs::read_to_string(folder(tool).join(name)).ok()?));
    Kind::FILES.into_iter().find_map(present).unwrap()
}

fn read(tool: &str) -> Lockfile {
    let (kind, text) = text(tool);
    Lockfile::read(kind, &text, &manifests(tool)).unwrap()
}

/// One line for each package: production or development, and the chain.
fn told(lockfile: &Lockfile) -> String {
    let mut lines: Vec<String> = Vec::new();
    for installed in lockfile.installed() {
        if installed.package.source == Source::Local {
            continue;
        }
        let mut line = if installed.production { "production " } else { "development " }.to_owned();
        write!(line, "{}", installed.told()).unwrap();
        if !installed.package.has_integrity {
            line.push_str(" (no integrity)");
        }
        lines.push(line);
    }
    lines.sort_unstable();
    lines.join("\n")
}

const WORKSPACES: [&str; 10] =
    ["pnpm-7", "pnpm-8", "pnpm-9", "npm-8", "npm-11", "yarn-1", "yarn-3", "yarn-4", "bun-1", "bun-2"];

const PACKAGES: &str = "\
development mkdirp 0.5.1
development mkdirp 0.5.1 → minimist 0.0.8
production debug 4.4.3
production debug 4.4.3 → ms 2.1.3
production fsevents 2.3.3
production is-number 7.0.0
production lodash 4.17.20
production send 0.16.2
production send 0.16.2 → debug 2.6.9
production send 0.16.2 → depd 1.1.2
production send 0.16.2 → destroy 1.0.4
production send 0.16.2 → encodeurl 1.0.4
production send 0.16.2 → escape-html 1.0.3
production send 0.16.2 → etag 1.8.1
production send 0.16.2 → fresh 0.5.2
production send 0.16.2 → http-errors 1.6.3
production send 0.16.2 → http-errors 1.6.3 → inherits 2.0.3
production send 0.16.2 → http-errors 1.6.3 → setprototypeof 1.1.0
production send 0.16.2 → mime 1.4.1
production send 0.16.2 → ms 2.0.0
production send 0.16.2 → on-finished 2.3.0
production send 0.16.2 → on-finished 2.3.0 → ee-first 1.1.1
production send 0.16.2 → range-parser 1.2.1
production send 0.16.2 → statuses 1.4.0";

#[test]
fn every_tool_tells_the_same_packages_and_chains() {
    for tool in WORKSPACES {
        // yarn takes the newest version that each range allows, and knows that fsevents is built by node-gyp.
        let own =
            |line: &str| tool.starts_with("yarn") && (line.contains("node-gyp") || line.contains("statuses 1.5.0"));
        let found = told(&read(tool));
        let found: Vec<&str> = found.lines().filter(|line| !own(line)).collect();
        assert_eq!(found.join("\n"), PACKAGES, "{tool}");
    }
    // npm 6 knows no workspaces.
    let without_web: Vec<&str> =
        PACKAGES.lines().filter(|line| !line.contains("send") && !line.contains("lodash")).collect();
    assert_eq!(told(&read("npm-6")), without_web.join("\n"));
}

#[test]
fn the_versions_of_the_formats_are_those_that_the_tools_wrote() {
    let versions =
        ["pnpm-7", "pnpm-8", "pnpm-9", "npm-6", "npm-8", "npm-11", "yarn-1", "yarn-3", "yarn-4", "bun-1", "bun-2"]
            .map(|tool| read(tool).version);
    assert_eq!(versions, ["5.4", "6.0", "9.0", "1", "2", "3", "1", "6", "8", "1", "2"]);
}

#[test]
fn what_a_tool_wrote_is_in_step_with_its_manifests() {
    for tool in WORKSPACES.into_iter().chain(["npm-6"]) {
        assert_eq!(read(tool).drift(&manifests(tool)), [], "{tool}");
    }
}

fn changed(tool: &str, change: impl Fn(&mut Manifest)) -> Vec<Mismatch> {
    let mut manifests = manifests(tool);
    change(manifests.get_mut("").unwrap());
    let (kind, text) = text(tool);
    let lockfile = Lockfile::read(kind, &text, &manifests).unwrap();
    lockfile.drift(&manifests).into_iter().map(|Drift { mismatch, .. }| mismatch).collect()
}

#[test]
fn a_new_dependency_is_missing_from_every_lockfile() {
    for tool in WORKSPACES.into_iter().chain(["npm-6"]) {
        let found = changed(tool, |manifest| {
            manifest.wants.insert("zod".to_owned(), BTreeMap::from([(Group::Production, "^3.0.0".to_owned())]));
        });
        let expected = Mismatch::Missing { name: "zod".to_owned(), specifier: "^3.0.0".to_owned() };
        assert_eq!(found, [expected], "{tool}");
    }
}

#[test]
fn another_range_is_told() {
    for tool in WORKSPACES.into_iter().chain(["npm-6"]) {
        let found = changed(tool, |manifest| {
            manifest.wants.insert("debug".to_owned(), BTreeMap::from([(Group::Production, "^5.0.0".to_owned())]));
        });
        let lockfile = match tool {
            "npm-6" => "4.4.3",
            "yarn-4" => "npm:^4.3.0",
            _ => "^4.3.0",
        };
        let (name, manifest) = ("debug".to_owned(), "^5.0.0".to_owned());
        let expected = match tool {
            "yarn-1" => Mismatch::Missing { name, specifier: manifest },
            _ => Mismatch::Changed { name, manifest, lockfile: lockfile.to_owned() },
        };
        assert_eq!(found, [expected], "{tool}");
    }
}

#[test]
fn what_was_removed_or_moved_is_told_where_the_file_says_it() {
    for tool in ["pnpm-7", "pnpm-9", "npm-11", "bun-1", "bun-2"] {
        let found = changed(tool, |manifest| {
            manifest.wants.remove("number");
            manifest.wants.insert("mkdirp".to_owned(), BTreeMap::from([(Group::Production, "0.5.1".to_owned())]));
        });
        let moved =
            Mismatch::Moved { name: "mkdirp".to_owned(), manifest: Group::Production, lockfile: Group::Development };
        assert_eq!(found, [Mismatch::Leftover { name: "number".to_owned() }, moved], "{tool}");
    }
    let found = changed("yarn-4", |manifest| drop(manifest.wants.remove("number")));
    assert_eq!(found, [Mismatch::Leftover { name: "number".to_owned() }]);
}

#[test]
fn overridden_packages_are_passed_over() {
    let found = changed("pnpm-9", |manifest| {
        manifest.overridden.insert("debug".to_owned());
        manifest.wants.insert("debug".to_owned(), BTreeMap::from([(Group::Production, "^5.0.0".to_owned())]));
    });
    assert_eq!(found, []);
}

#[test]
fn projects_that_came_and_went_are_told() {
    for tool in ["pnpm-9", "npm-11", "yarn-4", "bun-2"] {
        let mut manifests = manifests(tool);
        let web = manifests.remove("packages/web").unwrap();
        manifests.insert("packages/api".to_owned(), web);
        let found: Vec<(String, Mismatch)> =
            read(tool).drift(&manifests).into_iter().map(|drift| (drift.folder, drift.mismatch)).collect();
        let expected =
            [("packages/api".to_owned(), Mismatch::NewProject), ("packages/web".to_owned(), Mismatch::GoneProject)];
        assert_eq!(found, expected, "{tool}");
    }
}

fn refused(kind: Kind, text: &str) -> String {
    Lockfile::read(kind, text, &BTreeMap::new()).unwrap_err().to_string()
}

#[test]
fn what_is_no_lockfile_is_refused() {
    assert_eq!(refused(Kind::Npm, "{}"), "has no lockfileVersion, so it cannot be read");
    assert_eq!(refused(Kind::Npm, r#"{ "lockfileVersion": 3 }"#), "has no packages, so it cannot be read");
    assert_eq!(refused(Kind::Npm, r#"{ "lockfileVersion": 9 }"#), "is of version 9, which is not known here");
    assert_eq!(refused(Kind::Npm, ""), "is not JSON: EOF while parsing a value at line 1 column 0");
    assert_eq!(refused(Kind::Pnpm, ""), "has no mapping, so it cannot be read");
    assert_eq!(refused(Kind::Pnpm, "lockfileVersion: 42.0\n"), "is of version 42.0, which is not known here");
    assert_eq!(refused(Kind::Yarn, ""), "has no line `# yarn lockfile v1`, so it cannot be read");
    assert_eq!(
        refused(Kind::Yarn, "# yarn lockfile v1\n<<<<<<< HEAD\n"),
        "is not a lockfile of yarn 1: line 2 is neither an entry nor a part of one"
    );
    assert_eq!(refused(Kind::Yarn, "__metadata:\n  cacheKey: 8\n"), "has no __metadata.version, so it cannot be read");
    assert_eq!(refused(Kind::Bun, r#"{ "lockfileVersion": 1 }"#), "has no workspaces, so it cannot be read");
}

#[test]
fn a_truncated_lockfile_is_refused() {
    for tool in ["npm-6", "npm-11", "bun-1", "bun-2"] {
        let (kind, text) = text(tool);
        let half: String = text.chars().take(text.len() / 2).collect();
        assert!(refused(kind, &half).starts_with("is not JSON"), "{tool}");
    }
}

#[test]
fn a_package_without_integrity_and_one_from_git_are_told_apart() {
    let text = r#"{ "lockfileVersion": 3, "packages": {
        "": { "dependencies": { "a": "1", "b": "github:org/b", "c": "file:../c", "d": "1" } },
        "node_modules/a": { "version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz" },
        "node_modules/b": { "version": "1.0.0", "resolved": "git+ssh://git@github.com/org/b.git#0123" },
        "node_modules/c": { "resolved": "../c", "link": true },
        "node_modules/d": { "version": "1.0.0", "inBundle": true } } }"#;
    let lockfile = Lockfile::read(Kind::Npm, text, &BTreeMap::new()).unwrap();
    let told: Vec<(&str, Source, bool)> =
        lockfile.packages.iter().map(|one| (one.name.as_str(), one.source, one.has_integrity)).collect();
    let expected = [
        ("a", Source::Archive, false),
        ("b", Source::Git, false),
        ("c", Source::Local, false),
        ("d", Source::Archive, true),
    ];
    assert_eq!(told, expected);
}

#[test]
fn circles_end() {
    let text = "# yarn lockfile v1\n\n\na@1:\n  version \"1.0.0\"\n  dependencies:\n    b \"1\"\n\nb@1:\n  version \"1.0.0\"\n  dependencies:\n    a \"1\"\n";
    let lockfile = Lockfile::read(Kind::Yarn, text, &BTreeMap::new()).unwrap();
    let told: Vec<String> = lockfile.installed().iter().map(super::Installed::told).collect();
    assert_eq!(told, ["a 1.0.0", "b 1.0.0"]);
    assert!(lockfile.installed().iter().all(|one| one.production), "nothing leads to them");
}

#[test]
fn an_optional_peer_of_bun_is_not_brought_by_whom_it_serves() {
    let lockfile = |peers: &str| {
        let text = format!(
            r#"{{ "lockfileVersion": 2, "workspaces": {{ "": {{ "dependencies": {{ "debug": "4" }}, "devDependencies": {{ "colour": "1" }} }} }},
            "packages": {{ "debug": ["debug@4.4.3", "", {{ "peerDependencies": {{ "colour": "*" }}{peers} }}, "sha512-a"],
            "colour": ["colour@1.0.0", "", {{}}, "sha512-b"] }} }}"#
        );
        Lockfile::read(Kind::Bun, &text, &BTreeMap::new()).unwrap()
    };
    assert!(told(&lockfile(r#", "optionalPeers": ["colour"]"#)).starts_with("development colour 1.0.0\n"));
    assert!(told(&lockfile("")).starts_with("production debug 4.4.3\nproduction debug 4.4.3 → colour 1.0.0"));
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_fall_over(text in "[ -~\\n]{0,200}", kind in 0..4_usize) {
        let kind = [Kind::Npm, Kind::Pnpm, Kind::Yarn, Kind::Bun][kind];
        for start in ["", "# yarn lockfile v1\n", "__metadata:\n  version: 8\n", "lockfileVersion: '9.0'\n"] {
            if let Ok(lockfile) = Lockfile::read(kind, &format!("{start}{text}"), &BTreeMap::new()) {
                prop_assert_eq!(lockfile.installed().len(), lockfile.packages.len());
            }
        }
    }

    #[test]
    fn every_chain_is_a_walk_from_a_root_to_the_package(edges in prop::collection::vec((0..12_usize, 0..12_usize), 0..40)) {
        let mut places = serde_json::Map::new();
        places.insert(String::new(), serde_json::json!({ "dependencies": { "p0": "1" }, "devDependencies": { "p1": "1" } }));
        for number in 0..12 {
            let needs: serde_json::Map<String, serde_json::Value> = edges.iter().filter(|(from, _)| *from == number)
                .map(|(_, to)| (format!("p{to}"), "1".into())).collect();
            places.insert(format!("node_modules/p{number}"), serde_json::json!({ "version": "1.0.0", "dependencies": needs }));
        }
        let text = serde_json::json!({ "lockfileVersion": 3, "packages": places }).to_string();
        let lockfile = Lockfile::read(Kind::Npm, &text, &BTreeMap::new()).unwrap();
        for installed in lockfile.installed() {
            prop_assert_eq!(installed.chain.last().copied(), Some(installed.package));
            let first = installed.chain[0];
            let root = if installed.production { "p0" } else { "p1" };
            prop_assert!(installed.chain.len() == 1 || first.name == root);
            for pair in installed.chain.windows(2) {
                let to = lockfile.packages.iter().position(|one| one == pair[1]).unwrap();
                prop_assert!(pair[0].needs.contains(&to));
            }
        }
    }
}
