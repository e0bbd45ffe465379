//! A guard of the policy that lets everybody pass.

use ops_core::{Finding, Severity};
use ops_typescript::program::Program;

use crate::proof::{Definition, Judgement};

rule! {
    /// ## What it does
    /// Looks at the definition of each guard that a proof rests on: it must be able to refuse (by an answer, an error, a redirect),
    /// and reach the handler only after that. A wrapper that only logs, measures or catches errors is none.
    ///
    /// A guard that is defined outside of the repository is taken at the policy's word. Where nobody can tell without running the
    /// definition, the finding is a note.
    ///
    /// ## Why is this bad
    /// Every route behind it counts as guarded, and is open.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// export const withUser = (handler: Handler) => async (request: Request) => {
    ///   logger.info(request.url);
    ///   return handler(request);
    /// };
    /// // after
    /// export const withUser = (handler: Handler) => async (request: Request) => {
    ///   const user = await findUser(request);
    ///   if (!user) return new Response("Who are you?", { status: 401 });
    ///   return handler(request, user);
    /// };
    /// ```
    RULE: "decoy-guard", "A guard that lets everybody pass"
}

/// What the definitions of the guards are worth.
pub(crate) fn check(program: &Program, definitions: &[Definition<'_>]) -> Vec<Finding> {
    definitions.iter().filter_map(|definition| about(program, definition)).collect()
}

fn about(program: &Program, definition: &Definition<'_>) -> Option<Finding> {
    let guard = &definition.guard.text;
    let (severity, message, help) = match definition.judgement {
        Judgement::Refuses => return None,
        Judgement::LetsPass => (
            Severity::Error,
            format!("the guard `{guard}` lets everybody pass: nothing refuses before the handler is reached"),
            "Refuse in it before the handler is called, or take its name out of routes.guards.",
        ),
        Judgement::Unknown => (
            Severity::Note,
            format!("nobody can tell from here whether the guard `{guard}` refuses anybody"),
            "Read its definition; it is taken at the policy's word.",
        ),
    };
    let mut finding = RULE.finding(program, definition.place, severity, &[guard]);
    finding.message = message;
    finding.help = help.to_owned();
    Some(finding)
}

#[cfg(test)]
mod tests {
    use ops_testing::TestDir;
    use ops_typescript::program::Program;
    use ops_typescript::tree::Tree;

    use super::check;
    use crate::discover::discover;
    use crate::proof::{Guard, Prover, definitions};
    use crate::survey::Survey;

    fn told(guard: &str) -> Vec<String> {
        let route =
            "import { withUser } from '../../lib/guard';\nexport const GET = withUser(async () => Response.json({}));";
        let files = [
            ("package.json", r#"{ "dependencies": { "next": "16" } }"#),
            ("app/a/route.ts", route),
            ("lib/guard.ts", guard),
        ];
        let folder = TestDir::of(&files);
        let program = Program::new(Tree::walk(folder.path()).unwrap());
        let survey = Survey::of(&program);
        let guards = [Guard::parse("withUser").unwrap()];
        let prover = Prover::new(&program, &survey, &guards);
        discover(&program, &survey, &[]).routes.iter().for_each(|route| drop(prover.prove(route)));
        let findings = check(&program, &definitions(&prover));
        findings.into_iter().map(|one| format!("{}:{} {}", one.place.path, one.place.start_line, one.message)).collect()
    }

    #[test]
    fn a_guard_that_only_logs_is_told() {
        assert_eq!(
            told(
                "export const withUser = (handler) => async (request) => {\n  console.log(request.url);\n  return handler(request);\n};"
            ),
            ["lib/guard.ts:1 the guard `withUser` lets everybody pass: nothing refuses before the handler is reached"]
        );
    }

    #[test]
    fn a_guard_that_nobody_can_look_into_is_noted() {
        assert_eq!(
            told("import { create } from 'guards';\nexport const withUser = create();"),
            ["lib/guard.ts:2 nobody can tell from here whether the guard `withUser` refuses anybody"]
        );
    }

    #[test]
    fn a_guard_that_refuses_is_silent() {
        let guard = "export const withUser = (handler) => async (request) => {\n  if (!request.user) return new Response('', { status: 401 });\n  return handler(request);\n};";
        assert_eq!(told(guard), Vec::<String>::new());
    }
}
