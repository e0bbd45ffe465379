//! `list`: which gates there are. Runs nothing.

use ops_core::words::count;
use ops_core::{Block, Check};

use crate::gate::{Asked, Work};
use crate::report::Told;

/// The gates with what each runs and needs.
pub(crate) fn list(asked: Asked) -> Told {
    let row = |gate: &crate::gate::Gate| {
        let work = match &gate.work {
            Work::Command(command) => command.line.to_string(),
            Work::BuiltIn(built_in) => built_in.title.to_owned(),
            Work::Impossible { reason, .. } => reason.clone(),
            Work::Skipped => "skipped".to_owned(),
        };
        vec![gate.id.clone(), work, gate.needs.join(", ")]
    };
    let rows: Vec<Vec<String>> = asked.gates.iter().map(row).collect();
    let mut told = Told::listed(asked);
    let built_in = told.gates.iter().filter(|gate| gate.is_built_in()).count();
    told.headline = format!("{}, and {built_in} built in", count(told.gates.len() - built_in, "gate"));
    told.checks.push(Check::pass("gates", format!("{}; none was run", told.headline)));
    told.blocks.push(Block::Table { columns: vec!["gate", "what", "needs"], rows });
    told
}
