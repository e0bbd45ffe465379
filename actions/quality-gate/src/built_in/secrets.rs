//! No secret in the change; in the files, where no change is known.

use super::BuiltIn;
use crate::outcome::{Outcome, READ_IT};
use crate::secrets::{Mode, Question, look, outcome};
use crate::situation::Situation;

pub(super) const GATE: BuiltIn = BuiltIn { id: "secrets", title: "No secret in what is committed", check };

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    if let Err(reason) = situation.git() {
        return Some(Outcome::unproven(reason, READ_IT));
    }
    let looked = look(&Question {
        root: situation.root,
        policy: &situation.policy.secrets,
        variables: situation.variables,
        now: jiff::Timestamp::now(),
        mode: situation.event.base.as_ref().map(|_| Mode::Range),
        base: situation.base,
        cache: None,
    });
    Some(match looked {
        Ok((mode, looked)) => outcome(&looked, mode),
        Err(reason) => Outcome::unproven(reason, READ_IT),
    })
}

#[cfg(test)]
mod tests {
    use super::GATE;
    use crate::built_in::testing::Repository;

    /// Put together when the test runs, so that no scanner stops this file.
    fn token() -> String {
        ["re", "_Xk9Q2vTz_", "8sLw4NbYc6RfHj1MdPgAe3Ui"].concat()
    }

    #[test]
    fn a_secret_in_the_files_fails() {
        let repository = Repository::with(&[("src/mail.ts", &format!("\nexport const key = \"{}\";\n", token()))]);
        let found = repository.finds(&GATE);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("error secret/"), "{found:?}");
        assert!(found[0].contains(" src/mail.ts:2: "), "{found:?}");
        assert!(!found[0].contains("Xk9Q2vTz"), "{found:?}");
    }

    #[test]
    fn a_secret_that_the_change_took_away_again_fails() {
        let text = format!("export const key = \"{}\";\n", token());
        let repository = Repository::with(&[("README.md", "shop\n")]).change("Add", &[("src/mail.ts", &text)]);
        let repository = repository.change("Remove", &[("src/mail.ts", "")]);
        let found = repository.finds(&GATE);
        assert!(found.len() == 1 && found[0].contains(" src/mail.ts:1: "), "{found:?}");
        assert!(found[0].contains(", since the commit "), "{found:?}");
    }

    #[test]
    fn clean_files_pass() {
        let repository = Repository::with(&[("src/a.ts", "export const key = process.env.RESEND_API_KEY;\n")]);
        assert_eq!(repository.verdict(&GATE), "pass: no secret in 1 file");
    }
}
