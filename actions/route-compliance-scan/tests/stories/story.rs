//! The beginning of every story: a small app of Next.js, its policy, and where the program runs.

use ops_testing::{Event, FakeRunner, Outcome, TestDir};
use serde_json::Value;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_route-compliance-scan");

const GUARD: &str = r#"
import { NextResponse } from "next/server";

export function withSession(handler: (request: Request) => Promise<Response>) {
  return async (request: Request) => {
    const session = await readSession(request);
    if (!session) {
      return NextResponse.json({ error: "unauthorized" }, { status: 401 });
    }
    return handler(request);
  };
}

async function readSession(request: Request) {
  return request.headers.get("cookie");
}
"#;

/// A policy that names the guard and asks for no headers, which have stories of their own.
pub(crate) const POLICY: &str = "[routes]\nguards = [\"withSession\"]\nheaders = []\n";

/// A handler that is guarded.
pub(crate) const GUARDED: &str =
    "import { withSession } from \"@/lib/auth\";\n\nexport const GET = withSession(async () => Response.json([]));\n";

/// A handler that is open.
pub(crate) const OPEN: &str = "export async function GET() {\n  return Response.json([]);\n}\n";

/// A repository and a run.
pub(crate) struct Story {
    pub(crate) repository: TestDir,
    pub(crate) runner: FakeRunner,
}

impl Story {
    /// An app with a guard in `lib/auth.ts`, no routes, a policy that names the guard; on a laptop.
    pub(crate) fn app() -> Self {
        Self::empty()
            .file("package.json", r#"{ "name": "shop", "dependencies": { "next": "16.0.3" } }"#)
            .file("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#)
            .file("lib/auth.ts", GUARD)
            .policy(POLICY)
    }

    /// An empty folder, on a laptop.
    pub(crate) fn empty() -> Self {
        let repository = TestDir::new();
        let runner = FakeRunner::laptop(repository.path());
        Self { repository, runner }
    }

    /// Adds any file.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.repository.write(path, text);
        self
    }

    /// Adds `app/api/<name>/route.ts`.
    pub(crate) fn route(self, name: &str, text: &str) -> Self {
        self.file(&format!("app/api/{name}/route.ts"), text)
    }

    /// Writes the policy.
    pub(crate) fn policy(self, text: &str) -> Self {
        self.file("ops.toml", text)
    }

    /// Commits what is there; the first commit of a story begins the repository. Returns the story and the commit.
    pub(crate) fn committed(self) -> (Self, String) {
        if !self.repository.path().join(".git").exists() {
            self.repository.git_init();
        }
        let commit = self.repository.commit("A change");
        (self, commit)
    }

    /// Runs on a GitHub runner from now on.
    pub(crate) fn on_github(self) -> Self {
        Self { runner: FakeRunner::new(self.repository.path()), ..self }
    }

    /// Runs for this event.
    pub(crate) fn event(self, event: &Event) -> Self {
        Self { runner: self.runner.event(event), ..self }
    }

    /// Sets a variable of the run.
    pub(crate) fn env(self, name: &str, value: &str) -> Self {
        Self { runner: self.runner.env(name, value), ..self }
    }

    /// Runs the program with these words.
    pub(crate) fn run(&self, words: &[&str]) -> Outcome {
        self.runner.run(PROGRAM, words)
    }

    /// Runs the program, which must end with this code, and reads the report that it wrote.
    pub(crate) fn report(&self, words: &[&str], code: i32) -> Value {
        let (outcome, report) = self.runner.report(PROGRAM, words, self.repository.outside());
        assert_eq!(outcome.code, Some(code), "{outcome}");
        report
    }
}

/// `METHOD path proof` of each route of a report.
pub(crate) fn routes(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line =
        |route: &Value| format!("{} {} {}", text(&route["methods"][0]), text(&route["path"]), text(&route["proof"]));
    report["details"]["routes"].as_array().expect("routes").iter().map(line).collect()
}

/// `rule: message` of each open finding, `waived rule` of each other.
pub(crate) fn findings(report: &Value) -> Vec<String> {
    let line = |finding: &Value| {
        let rule = finding["rule"].as_str().unwrap_or_default();
        match finding["waived_by"].as_str() {
            Some(waiver) => format!("waived {rule}: {waiver}"),
            // How far was looked is the proof's own story.
            None => format!(
                "{rule}: {}",
                finding["message"]
                    .as_str()
                    .unwrap_or_default()
                    .split(": no guard is called")
                    .next()
                    .unwrap_or_default()
            ),
        }
    };
    report["findings"].as_array().expect("findings").iter().map(line).collect()
}

/// The check with this id: `verdict: summary`.
pub(crate) fn check(report: &Value, id: &str) -> String {
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no check {id}: {checks:#?}"));
    format!("{}: {}", check["verdict"].as_str().unwrap_or_default(), check["summary"].as_str().unwrap_or_default())
}
