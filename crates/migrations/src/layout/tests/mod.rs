mod finding;
mod reading;
mod refusing;

use ops_testing::TestDir;

use super::*;
use crate::migration::TransactionMode;

fn found(files: &[(&str, &str)]) -> Result<Found, String> {
    detect(TestDir::of(files).path(), None, None).map_err(|error| error.to_string())
}

fn folder(layout: Layout, directory: &str) -> Found {
    Found { layout, dialect_hint: None, directory: directory.to_owned(), drizzle_folders: false }
}

fn ids(layout: Layout, directory: &str, files: &[(&str, &str)]) -> Vec<String> {
    let migrations = read(TestDir::of(files).path(), &folder(layout, directory)).unwrap();
    migrations.into_iter().map(|migration| migration.id).collect()
}

fn refusals(layout: Layout, directory: &str, files: &[(&str, &str)]) -> Vec<String> {
    let errors = read(TestDir::of(files).path(), &folder(layout, directory)).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

const JOURNAL: &str = r#"{"version":"7","dialect":"postgresql","entries":[
  {"idx":0,"version":"7","when":1700000000000,"tag":"0000_first","breakpoints":true},
  {"idx":1,"version":"7","when":1700000001000,"tag":"0001_second","breakpoints":true}]}"#;
