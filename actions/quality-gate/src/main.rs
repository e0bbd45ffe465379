//! quality-gate: one verdict over every gate, and proof that each gate ran.

mod built_in;
mod code;
mod outcome;
mod situation;

fn main() {}
