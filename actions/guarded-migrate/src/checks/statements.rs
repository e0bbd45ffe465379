//! Can every pending file be cut into statements, and run by the rule that the policy chose?

use ops_core::Check;
use ops_core::words::count;

use crate::situation::Situation;

const ID: &str = "statements";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let problems: Vec<_> = situation.pending.iter().filter_map(|pending| pending.problem.as_ref()).collect();
    if let Some(first) = problems.first() {
        let more = match problems.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        return Check::fail(
            ID,
            format!(
                "{}:{}:{}: {}{more}",
                first.place.path, first.place.start_line, first.place.start_column, first.message
            ),
            first.help.clone(),
        );
    }
    let statements: usize = situation.pending.iter().map(|pending| pending.statements.len()).sum();
    let split = situation.pending.iter().filter(|pending| !pending.is_atomic()).count();
    let rule = match split {
        0 => "each file runs in one transaction".to_owned(),
        split => {
            format!("{split} run in steps, because they hold what a transaction forbids (migrations.mixed = \"split\")")
        }
    };
    Check::pass(ID, format!("{} in {}; {rule}", count(statements, "statement"), count(situation.pending.len(), "file")))
        .with("statements", statements)
}
