use super::{Number, OnUnproven};
use crate::Policy;

fn error(text: &str) -> String {
    Policy::parse("ops.toml", text).unwrap_err().to_string()
}

#[test]
fn gates_keep_the_order_of_the_file() {
    let text = "[gates]\nfail_fast = true\nparallel = 2\n\n[gates.unit]\nrun = \"pnpm test\"\nneeds = [\"lint\"]\n\n\
                [gates.lint]\nrun = [\"sh\", \"-c\", \"pnpm lint && true\"]\non_unproven = \"fail\"\ntimeout = \"5min\"\n";
    let gates = Policy::parse("ops.toml", text).unwrap().gates;
    assert_eq!((gates.fail_fast, gates.parallel, gates.discover), (true, Some(2), None));
    let ids: Vec<&str> = gates.gates.iter().map(|gate| gate.id.text.as_str()).collect();
    assert_eq!(ids, ["unit", "lint"]);
    let [unit, lint] = gates.gates.as_slice() else { panic!("{gates:?}") };
    assert_eq!((unit.id.place.start_line, unit.id.place.start_column), (5, 8));
    assert_eq!(unit.needs.as_ref().unwrap()[0].place.start_line, 7);
    assert_eq!(lint.run.as_ref().unwrap().words(), ["sh", "-c", "pnpm lint && true"]);
    assert_eq!(lint.on_unproven, OnUnproven::Fail);
    assert_eq!(lint.timeout.unwrap().to_string(), "5min");
}

#[test]
fn no_section_means_nothing_is_said() {
    assert_eq!(Policy::parse("ops.toml", "").unwrap().gates, super::Gates::default());
}

#[test]
fn a_slip_of_the_pen_is_refused_at_its_place() {
    assert_eq!(
        error("[gates]\nfail_fst = true\n"),
        "ops.toml:2:12: unknown key `fail_fst`, did you mean `fail_fast`?\n2 | fail_fst = true\n  |            ^^^^"
    );
    assert_eq!(
        error("[gates.lint]\nruns = \"pnpm lint\"\n"),
        "ops.toml:2:1: unknown key `runs`, did you mean `run`?\n2 | runs = \"pnpm lint\"\n  | ^^^^"
    );
    assert_eq!(
        error("[gates.lint]\nrun = \"a && b\"\n"),
        "ops.toml:2:7: `&` needs a shell, and gates run without one; quote it, or write [\"sh\", \"-c\", \"a && b\"]\n2 | run = \"a && b\"\n  |       ^^^^^^^^"
    );
    assert_eq!(
        error("[gates.lint]\nrun = 3\n"),
        "ops.toml:2:7: expected text or a list of words, found an integer (3)\n2 | run = 3\n  |       ^"
    );
    assert_eq!(
        error("[gates.\"a b\"]\nrun = \"x\"\n"),
        "ops.toml:1:8: `a b` cannot name a gate; take 1 to 64 letters, digits, hyphens and underscores\n1 | [gates.\"a b\"]\n  |        ^^^^^"
    );
    assert_eq!(
        error("[gates]\nparallel = 0\n"),
        "ops.toml:2:12: at least 1 gate must run at once\n2 | parallel = 0\n  |            ^"
    );
    assert_eq!(
        error("[gates.lint]\nrun = \"x\"\non_unproven = \"ignore\"\n"),
        "ops.toml:3:15: unknown value `ignore`; known here: unproven, fail, pass\n3 | on_unproven = \"ignore\"\n  |               ^^^^^^^^"
    );
    assert_eq!(
        error("[gates.lint]\nrun = \"x\"\nwithhold = [\"A=b\"]\n"),
        "ops.toml:3:12: `A=b` is no variable's name; write the name alone, never its value, with * for any part of it\n3 | withhold = [\"A=b\"]\n  |            ^^^^^^^"
    );
    assert_eq!(
        error("[gates.unit.coverage]\nlines = 120\n"),
        "ops.toml:2:9: 120 is no percentage; write a number from 0 to 100\n2 | lines = 120\n  |         ^^^"
    );
    assert_eq!(
        error("[gates.unit.coverage]\nline = 80\n"),
        "ops.toml:2:1: unknown key `line`, did you mean `lines`?\n2 | line = 80\n  | ^^^^"
    );
    assert_eq!(
        error("[gates.build.bundle]\n\"dist/*.js\" = { zip = \"1kB\" }\n"),
        "ops.toml:2:17: unknown key `zip`, did you mean `gzip`?\n2 | \"dist/*.js\" = { zip = \"1kB\" }\n  |                 ^^^"
    );
    assert_eq!(
        error("[gates.build.bundle]\n\"dist/*.js\" = { gzip = \"1TB\" }\n").lines().next().unwrap(),
        "ops.toml:2:24: `1TB` is not a size; write a number and a unit, as in \"900B\", \"150kB\", \"2MB\" or \"64KiB\""
    );
    let unlimited = error("[gates.build.bundle]\n\"dist/*.js\" = {}\n");
    assert!(unlimited.contains("`dist/*.js` has no limit; give it `raw`, `gzip` or both"), "{unlimited}");
    let outside = error("[gates.build.bundle]\n\"../dist/*.js\" = { raw = \"1kB\" }\n");
    assert!(outside.contains("`../dist/*.js` is no path below the root"), "{outside}");
    assert_eq!(
        error("[gates.unit]\nratchet = [\"warning\"]\n"),
        "ops.toml:2:12: unknown value `warning`, did you mean `warnings`?\n2 | ratchet = [\"warning\"]\n  |            ^^^^^^^^^"
    );
    assert_eq!(
        error("[gates.unit]\nreport = \"../x.xml\"\n"),
        "ops.toml:2:10: `../x.xml` is no path below the root; write it as in reports/junit.xml\n2 | report = \"../x.xml\"\n  |          ^^^^^^^^^^"
    );
}

#[test]
fn conditions_are_read() {
    let text = "[gates.unit]\nreport = [\"a.xml\", \"b/*.json\"]\nformat = \"junit\"\nwarnings = 3\nratchet = [\"lines\", \"warnings\"]\n\
                [gates.unit.coverage]\nlines = 80\nchanged = 92.5\npaths = { \"src/pay/**\" = 95 }\n\
                [gates.unit.bundle]\n\"dist/*.js\" = { raw = \"2MB\", gzip = \"150kB\" }\n";
    let gates = Policy::parse("ops.toml", text).unwrap().gates;
    let unit = &gates.gates[0];
    assert_eq!((unit.report.to_vec(), unit.warnings), (vec!["a.xml".to_owned(), "b/*.json".to_owned()], Some(3)));
    assert_eq!(unit.format.as_ref().unwrap().text, "junit");
    assert_eq!(unit.coverage.changed.unwrap().to_string(), "92.5 %");
    assert_eq!(unit.coverage.paths["src/pay/**"].value(), 95.0);
    let limit = unit.bundle["dist/*.js"];
    assert_eq!((limit.raw, limit.gzip), (Some(2_000_000.into()), Some(150_000.into())));
    assert_eq!(unit.ratchet, [Number::Lines, Number::Warnings]);
}
