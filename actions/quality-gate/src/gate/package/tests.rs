use ops_testing::TestDir;

use super::gates;
use crate::gate::{Gate, Work};

struct Package(TestDir);

impl Package {
    fn new(json: &str) -> Self {
        let package = Self(TestDir::new());
        std::fs::create_dir(package.0.path().join(".git")).unwrap();
        package.with("package.json", json)
    }

    fn with(self, name: &str, text: &str) -> Self {
        self.0.write(name, text);
        self
    }

    fn gates(&self) -> Vec<String> {
        gates(self.0.path()).unwrap().iter().map(line).collect()
    }

    fn error(&self) -> String {
        gates(self.0.path()).unwrap_err().to_string()
    }
}

fn line(gate: &Gate) -> String {
    let work = match &gate.work {
        Work::Command(command) => command.line.to_string(),
        Work::Impossible { reason, .. } => format!("impossible: {reason}"),
        _ => String::new(),
    };
    format!("{} [{}] {work}", gate.id, gate.needs.join(" "))
}

const SCRIPTS: &str = r#"{ "scripts": { "lint": "eslint .", "test": "vitest run", "build": "vite build", "e2e": "playwright test" },
    "devDependencies": { "vitest": "4.1.0" } }"#;

#[test]
fn each_manager_is_found_by_its_lockfile_and_installs_with_it_frozen() {
    for (name, text, install, run) in [
        ("pnpm-lock.yaml", "", "pnpm install --frozen-lockfile", "pnpm run lint"),
        ("package-lock.json", "", "npm ci", "npm run lint"),
        ("yarn.lock", "# yarn lockfile v1\n", "yarn install --frozen-lockfile", "yarn run lint"),
        ("yarn.lock", "__metadata:\n  version: 8\n", "yarn install --immutable", "yarn run lint"),
        ("bun.lock", "", "bun install --frozen-lockfile", "bun run lint"),
    ] {
        let gates = Package::new(SCRIPTS).with(name, text).gates();
        assert_eq!(gates[..2], [format!("install [] {install}"), format!("lint [install] {run}")]);
    }
}

#[test]
fn gates_need_the_installation_and_what_comes_before_them() {
    let gates = Package::new(SCRIPTS).with("pnpm-lock.yaml", "").gates();
    assert_eq!(
        gates[2..5],
        ["unit [install] pnpm run test", "build [install] pnpm run build", "e2e [install build] pnpm run e2e"]
    );
}

#[test]
fn a_lockfile_is_audited_by_who_wrote_it() {
    for (name, text, audit) in [
        ("pnpm-lock.yaml", "", "pnpm audit --prod --json"),
        ("package-lock.json", "", "npm audit --omit=dev --json"),
        ("yarn.lock", "# yarn lockfile v1\n", "yarn audit --groups dependencies --json"),
        ("yarn.lock", "__metadata:\n", "yarn npm audit --recursive --environment production --json"),
        ("bun.lock", "", "bun audit --prod --json"),
    ] {
        let gates = Package::new(SCRIPTS).with(name, text).gates();
        let found = gates.iter().find_map(|gate| gate.strip_prefix("audit [] "));
        assert_eq!(found, Some(audit), "{name}");
    }
}

#[test]
fn the_lockfile_of_a_workspace_lies_above() {
    let workspace = Package::new("{}").with("pnpm-lock.yaml", "").with("packages/shop/package.json", SCRIPTS);
    let gates = gates(&workspace.0.path().join("packages/shop")).unwrap();
    let Work::Command(command) = &gates[0].work else { panic!("{gates:?}") };
    assert_eq!(command.folder, workspace.0.path().canonicalize().unwrap());
}

#[test]
fn without_dependencies_nothing_is_installed() {
    assert_eq!(Package::new(r#"{ "scripts": { "lint": "true" } }"#).gates(), ["lint [] npm run lint"]);
}

#[test]
fn without_a_lockfile_what_would_be_installed_is_not_known() {
    assert_eq!(
        Package::new(SCRIPTS).gates()[0],
        "install [] impossible: there is no lockfile, so what would be installed is not known"
    );
}

#[test]
fn without_a_package_or_scripts_there_is_nothing_to_ask() {
    let nothing = tempfile::tempdir().unwrap();
    let lines: Vec<String> = gates(nothing.path()).unwrap().iter().map(line).collect();
    assert_eq!(lines, ["package [] impossible: there is no package.json, and the policy lists no gates"]);
    assert_eq!(Package::new("{}").gates(), ["package [] impossible: package.json has no script that a gate could run"]);
}

#[test]
fn what_is_not_clear_is_refused() {
    let both = || Package::new(SCRIPTS).with("pnpm-lock.yaml", "").with("package-lock.json", "");
    assert_eq!(
        both().error(),
        "there are several lockfiles: pnpm-lock.yaml and package-lock.json; delete those that are not in use, or name the package manager in package.json, such as \"packageManager\": \"pnpm@10.1.0\""
    );
    let named = |manager: &str| format!("{{ \"packageManager\": \"{manager}\", \"scripts\": {{ \"lint\": \"x\" }} }}");
    let settled = both().with("package.json", &named("npm@11.0.0"));
    assert_eq!(settled.gates()[0], "install [] npm ci");
    assert_eq!(
        Package::new(&named("cargo@1.0.0")).error(),
        "package.json names the package manager `cargo@1.0.0`, and only pnpm, npm, yarn and bun are known; write the gates' commands in ops.toml, [gates.<name>] with `run = \"…\"`"
    );
    assert_eq!(
        Package::new(&named("pnpm@10.1.0")).with("package-lock.json", "").error(),
        "package.json names the package manager pnpm, and the lockfile here is package-lock.json; commit pnpm's lockfile and delete the other"
    );
    assert_eq!(Package::new("{").error(), "package.json is no JSON: EOF while parsing an object at line 1 column 1");
}
