//! Small repositories for the rules' tests.

use ops_core::Finding;
use ops_core::policy::Routes;
use ops_testing::TestDir;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;

use super::check;
use crate::survey::Survey;

/// What one rule finds, with the usual policy.
pub(super) fn told(rule: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    told_with(rule, files, &Routes::default())
}

/// What one rule finds.
pub(super) fn told_with(rule: &str, files: &[(&str, &str)], policy: &Routes) -> Vec<Finding> {
    let folder = TestDir::of(files);
    let program = Program::new(Tree::walk(folder.path()).unwrap());
    let survey = Survey::of(&program);
    check(&program, &survey, policy).into_iter().filter(|finding| finding.rule == rule).collect()
}

/// The rule finds exactly one thing.
#[track_caller]
pub(super) fn fires(rule: &str, files: &[(&str, &str)]) {
    assert_eq!(told(rule, files).len(), 1, "{files:?}");
}

/// The rule finds nothing.
#[track_caller]
pub(super) fn silent(rule: &str, files: &[(&str, &str)]) {
    let messages: Vec<String> = told(rule, files).into_iter().map(|finding| finding.message).collect();
    assert_eq!(messages, Vec::<String>::new(), "{files:?}");
}
