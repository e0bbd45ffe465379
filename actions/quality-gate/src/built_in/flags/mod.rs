//! Flags end, and the server decides them.

pub(crate) mod browser;
mod read;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ops_core::{Finding, Severity};

use self::read::Flag;
use super::BuiltIn;
use super::rule::{count, judged, place_of, unknown};
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const GATE: BuiltIn = BuiltIn { id: "flags", title: "Flags end, and the server decides them", check };

rule! {
    /// ## What it does
    /// Reads the registry that `[release.flags] registry` names and finds flags that are past their last day (`expires`). Nothing is
    /// asked without a registry. It may be JSON or TOML (an object by name, or a list with `name` or `key`), or a TypeScript module
    /// that gives away such an object, written out, or calls such as `flag({ key: "new-cart" })`.
    ///
    /// ## Why is this bad
    /// Each flag doubles what may run in production. One that should be gone is tested in one of its two states at best.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "new-cart": { "expires": "2026-01-31", "default": false } }
    /// // after: the flag is gone, and so is the code behind its losing side
    /// {}
    /// ```
    EXPIRED: "release/flag-expired", "A flag that is past its last day"
}

rule! {
    /// ## What it does
    /// Finds flags of the registry that name no last day and whose name has stood there for longer than `[release.flags] max_age`, 30 days
    /// unless the policy says otherwise. git tells when a name came; a clone without its history is unproven.
    ///
    /// ## Why is this bad
    /// A flag that nobody ends stays for ever, and nobody dares to remove it.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "new-cart": { "default": false } }
    /// // after
    /// { "new-cart": { "default": false, "expires": "2027-03-31" } }
    /// ```
    OLD: "release/flag-age", "A flag that is old and does not say when it ends"
}

rule! {
    /// ## What it does
    /// Finds flags of the registry whose default is on.
    ///
    /// ## Why is this bad
    /// When the service that decides cannot be reached, everybody gets what was meant for a few.
    ///
    /// ## Instead
    /// ```json
    /// // before
    /// { "new-cart": { "default": true } }
    /// // after
    /// { "new-cart": { "default": false } }
    /// ```
    ON: "release/flag-on", "A flag that is on by default"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let path = situation.policy.release.flags.registry.as_deref()?;
    let next = "Correct the file, or `[release.flags] registry`.";
    let text = match situation.read(path) {
        Ok(text) => text,
        Err(reason) => return Some(unknown(reason, next)),
    };
    let flags = match read::read(path, &text) {
        Ok(flags) => flags,
        Err(reason) => return Some(unknown(reason, next)),
    };
    let (mut findings, mut unread) = (Vec::new(), Vec::new());
    for flag in &flags {
        let place = || place_of(path, &text, &flag.name);
        let name = [flag.name.as_str()];
        match &flag.expires {
            Some(written) => findings.extend(expired(situation, flag, written).map(|message| {
                let help = "Remove the flag with the side that lost, or set a new day that its owner stands by.";
                EXPIRED.finding(Severity::Error, place(), &name, message, help)
            })),
            None => match first_seen(situation, path, flag) {
                Ok(first) => findings.extend(old(situation, flag, first).map(|message| {
                    let help = "Remove it, or write when it ends: \"expires\": \"2027-03-31\".";
                    OLD.finding(Severity::Warning, place(), &name, message, help)
                })),
                Err(reason) => unread.push(reason),
            },
        }
        if flag.default == Some(true) {
            let message = format!("the flag {} is on by default", flag.name);
            let help = "Let it be off unless the server says otherwise.";
            findings.push(ON.finding(Severity::Warning, place(), &name, message, help));
        }
    }
    match situation.code() {
        Ok(code) => {
            findings.extend(browser::findings(&flags, code));
            unread.extend(code.unreadable.iter().cloned());
        }
        Err(reason) => unread.push(reason.to_owned()),
    }
    let findings: Vec<Finding> = findings;
    Some(judged(count(flags.len(), "flag"), findings, &unread).with("flags", flags.len() as u64))
}

fn expired(situation: &Situation<'_>, flag: &Flag, written: &str) -> Option<String> {
    // A moment counts by its day.
    let day = written.get(..10).and_then(|day| day.parse::<Date>().ok());
    match day {
        None => Some(format!("the flag {} expires on `{written}`, which is no day as year-month-day", flag.name)),
        Some(day) if day < situation.today => Some(format!("the flag {} expired on {day}", flag.name)),
        Some(_) => None,
    }
}

fn old(situation: &Situation<'_>, flag: &Flag, first: Option<Date>) -> Option<String> {
    let limit = i64::try_from(situation.policy.release.flags.max_age.as_millis() / 86_400_000).unwrap_or(i64::MAX);
    let days = i64::from(situation.today.since(first?).ok()?.get_days());
    let name = &flag.name;
    (days > limit).then(|| format!("the flag {name} is there for {days} days, and does not say when it ends"))
}

/// When its name came into the registry; none where it is not committed yet.
fn first_seen(situation: &Situation<'_>, path: &str, flag: &Flag) -> Result<Option<Date>, String> {
    let git = situation.git()?;
    if git.is_shallow()? {
        return Err(format!(
            "how old the flag {} is cannot be told: this clone holds a part of the history only; check out with `fetch-depth: 0`",
            flag.name
        ));
    }
    let wanted = format!("-S{}", flag.name);
    let told = git.text(&["log", "--format=%at", &wanted, "--", path])?;
    let seconds = told.lines().filter_map(|line| line.parse().ok()).min();
    let day = |seconds| Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date());
    Ok(seconds.and_then(day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::GATE;
    use super::read::{Flag, read};
    use crate::built_in::testing::Repository;
    use proptest::prelude::*;

    fn repository(path: &str, text: &str) -> Repository {
        let mut repository = Repository::with(&[(path, text)]);
        // Commits of these tests are of 2026-01-01.
        repository.today = date(2026, 1, 20);
        repository.policy(&format!("[release.flags]\nregistry = \"{path}\"\n"))
    }

    fn names(path: &str, text: &str) -> Vec<String> {
        read(path, text)
            .unwrap()
            .into_iter()
            .map(|flag| format!("{} {}", flag.name, flag.expires.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_flag_before_its_day_passes_and_without_a_registry_nothing_is_asked() {
        let text = "{ \"new-cart\": { \"expires\": \"2026-01-20\", \"default\": false } }";
        assert_eq!(repository("flags.json", text).verdict(&GATE), "pass: 1 flag");
        assert_eq!(Repository::with(&[("flags.json", text)]).verdict(&GATE), "not asked");
    }

    #[test]
    fn a_flag_past_its_day_is_an_error() {
        let text = "{\n  \"new-cart\": { \"expires\": \"2026-01-19\" },\n  \"b\": { \"expires\": \"soon\" }\n}";
        assert_eq!(
            repository("flags.json", text).finds(&GATE),
            [
                "error release/flag-expired flags.json:2: the flag new-cart expired on 2026-01-19",
                "error release/flag-expired flags.json:3: the flag b expires on `soon`, which is no day as year-month-day",
            ]
        );
    }

    #[test]
    fn an_old_flag_that_names_no_day_is_a_warning_and_one_that_is_on_too() {
        let mut repository = repository("flags.json", "{ \"new-cart\": { \"default\": true } }");
        assert_eq!(
            repository.finds(&GATE),
            ["warning release/flag-on flags.json:1: the flag new-cart is on by default"]
        );
        repository.today = date(2026, 2, 1);
        assert_eq!(
            repository.finds(&GATE)[1],
            "warning release/flag-age flags.json:1: the flag new-cart is there for 31 days, and does not say when it ends"
        );
        let head = repository.folder.git(&["rev-parse", "HEAD"]);
        std::fs::write(repository.folder.path().join(".git/shallow"), head + "\n").unwrap();
        assert_eq!(
            repository.verdict(&GATE),
            "unproven: how old the flag new-cart is cannot be told: this clone holds a part of the history only; check out with `fetch-depth: 0`"
        );
    }

    #[test]
    fn every_kind_of_registry_is_read() {
        assert_eq!(
            names("a.json", "{ \"$schema\": \"x\", \"flags\": [{ \"key\": \"a\", \"expiry\": \"2027-01-01\" }] }"),
            ["a 2027-01-01"]
        );
        assert_eq!(names("a.json", "{ \"a\": true, // on\n \"b\": \"2027-01-01\" }"), ["a ", "b 2027-01-01"]);
        assert_eq!(
            names("a.toml", "[flags.a]\nexpires = 2027-01-01\n[flags.b]\nexpires = \"2027-01-02\"\n"),
            ["a 2027-01-01", "b 2027-01-02"]
        );
        let module = "export const flags = { newCart: { expires: '2027-01-01', default: false }, old: { expires: new Date('2027-01-02') } } as const;";
        assert_eq!(names("a.ts", module), ["newCart 2027-01-01", "old 2027-01-02"]);
        assert_eq!(names("a.ts", "const all = defineFlags({ a: {} }); export default all;"), ["a "]);
        assert_eq!(
            names("a.ts", "export const banner = flag({ key: 'show-banner', decide() { return false; } });"),
            ["show-banner "]
        );
    }

    #[test]
    fn what_is_no_registry_is_unproven() {
        let verdict = |path: &str, text: &str| repository(path, text).verdict(&GATE);
        assert_eq!(verdict("a.json", "["), "unproven: a.json is not JSON: EOF while parsing a list at line 1 column 1");
        assert_eq!(verdict("a.json", "{ \"a\": 1 }"), "unproven: a.json holds no flags in a shape that is known");
        assert_eq!(verdict("a.yaml", "a: 1"), "unproven: a.yaml is neither JSON, nor TOML, nor a TypeScript module");
        let spread = "unproven: a.ts gives away no object of flags that is written out";
        assert_eq!(verdict("a.ts", "export const flags = { ...others };"), spread);
        assert_eq!(verdict("a.ts", "export const flags = load();"), spread);
        let gone = Repository::with(&[("a", "")]).policy("[release.flags]\nregistry = \"flags.json\"\n");
        assert_eq!(gone.verdict(&GATE), "unproven: flags.json cannot be read: No such file or directory (os error 2)");
    }

    proptest! {
        #[test]
        fn json_and_typescript_tell_the_same(flags in prop::collection::btree_map("[a-z]{3,8}[A-Z][a-z]", prop::option::of("20[0-9]{2}-0[1-9]-1[0-9]"), 1..6)) {
            let about = |day: &Option<String>| day.as_ref().map_or("{}".to_owned(), |day| format!("{{ \"expires\": \"{day}\" }}"));
            let all: Vec<String> = flags.iter().map(|(name, day)| format!("\"{name}\": {}", about(day))).collect();
            let object = format!("{{ {} }}", all.join(", "));
            let expected: Vec<Flag> = flags.into_iter().map(|(name, expires)| Flag { name, expires, default: None }).collect();
            prop_assert_eq!(read("a.json", &object).unwrap(), expected.clone());
            prop_assert_eq!(read("a.ts", &format!("export const flags = {object};")).unwrap(), expected);
        }
    }
}
