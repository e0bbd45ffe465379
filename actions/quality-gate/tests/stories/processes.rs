//! Programs that behave badly: the run ends within its limit, with the right verdict, and nothing of them is left.

use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use ops_testing::workflow_commands;

use crate::story::{PROGRAM, Story, gates};

/// A story whose gate runs a script, in which `@alive` holds a pipe open and `@ready` says that everybody is there.
fn story(script: &str, settings: &str) -> Story {
    let story = Story::with(&format!("[gates.bad]\nrun = [\"sh\", \"script\"]\n{settings}")).file("script", "");
    let made = std::process::Command::new("mkfifo").arg(story.repository.path().join("alive")).status().unwrap();
    assert!(made.success());
    story.file("script", script.replace("@alive", "exec 9>alive").replace("@ready", "touch ready"))
}

/// Ends when the last one who holds the pipe is gone: whoever is left would hold it for an hour.
pub(crate) fn watch(story: &Story) -> JoinHandle<()> {
    let path = story.repository.path().join("alive");
    std::thread::spawn(move || drop(std::fs::read(path).unwrap()))
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started() {
    let story = story(
        "@alive; trap '' TERM; setsid sleep 3600 & sleep 3600 & while :; do sleep 1; done",
        "timeout = \"300ms\"\n",
    );
    let alive = watch(&story);
    assert_eq!(gates(&story.report(&[], 1)), ["bad fail: did not end within 300ms, and was ended"]);
    alive.join().unwrap();
}

#[test]
fn a_program_that_leaves_children_leaves_none() {
    // Forked twice, in a session of its own, without the variables that it began with, silent and deaf to SIGTERM.
    let daemon = "env -i PATH=\"$PATH\" setsid sh -c 'trap \"\" TERM; (trap \"\" TERM; @ready; while :; do sleep 1; done) & wait' >/dev/null 2>&1 </dev/null &";
    let story = story(&format!("@alive; {daemon} while ! test -e ready; do :; done; exit 0"), "");
    let alive = watch(&story);
    let report = story.report(&[], 0);
    alive.join().unwrap();
    assert!(gates(&report)[0].starts_with("bad pass: ended with 0"), "{report:#}");
}

#[test]
fn a_program_that_dies_by_a_signal_fails() {
    let report = story("kill -KILL $$", "").report(&[], 1);
    assert_eq!(gates(&report), ["bad fail: was ended by signal 9 (SIGKILL)"]);
    let report = story("kill -SEGV $$", "on_unproven = \"pass\"\n").report(&[], 1);
    assert_eq!(gates(&report), ["bad fail: was ended by signal 11 (SIGSEGV)"]);
}

#[test]
fn a_program_that_prints_without_end_fills_nothing() {
    let story = story("echo first; yes | head -c 200000000; echo last; exit 1", "").on_github();
    let outcome = story.run(&[]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stdout.len() < 2 << 20, "{}", outcome.stdout.len());
    assert!(outcome.stdout.contains("\nfirst\n") && outcome.stdout.contains("\nlast\n"));
    assert!(outcome.stdout.contains(" bytes left out …\n"));
}

#[test]
fn a_program_that_prints_commands_steers_nothing() {
    let script = "echo '::error::forged'; echo '##[error]old'; echo '::stop-commands::x'; echo '::x::'; echo '::set-output name=verdict::pass'\n\
                  echo verdict=pass >> \"${GITHUB_OUTPUT:-/dev/null}\"; echo \"secret: $API_TOKEN\"; exit 1";
    let story = story(script, "").on_github().env("API_TOKEN", "hunter22hunter22");
    let outcome = story.run(&[]);
    assert_eq!((outcome.code, outcome.outputs["verdict"].as_str()), (Some(1), "fail"));
    let commands: Vec<String> = workflow_commands(&outcome.stdout).into_iter().map(|command| command.name).collect();
    assert!(!commands.contains(&"set-output".to_owned()), "{commands:?}");
    let errors: Vec<&str> = outcome.annotations.iter().map(|annotation| annotation.message.as_str()).collect();
    assert!(errors.iter().all(|message| !message.contains("forged")), "{errors:?}");
    assert!(!outcome.everything().contains("hunter22hunter22") && !outcome.stdout.contains("##["));
}

#[test]
fn the_output_of_one_gate_is_never_mixed_with_anothers() {
    let script = |name: &str| {
        format!("[\"sh\", \"-c\", \"for i in 1 2 3 4 5 6 7 8 9; do echo {name} $i; sleep 0.01; done; exit 1\"]")
    };
    let policy = format!("[gates]\nparallel = 2\n[gates.a]\nrun = {}\n[gates.b]\nrun = {}\n", script("a"), script("b"));
    let outcome = Story::with(&policy).on_github().run(&[]);
    let printed: Vec<&str> = outcome.stdout.lines().filter(|line| line.len() == 3).collect();
    let of = |name: &str| (1..=9).map(|number| format!("{name} {number}")).collect::<Vec<_>>();
    let either = [[of("a"), of("b")].concat(), [of("b"), of("a")].concat()];
    assert!(either.iter().any(|lines| lines.iter().eq(printed.iter())), "{outcome}");
}

/// A run that has begun, with everybody there.
pub(crate) fn begin(story: &Story, report: &Path) -> Child {
    let mut command = story.runner.command(PROGRAM);
    let mut child = command.arg("--report").arg(report).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !story.repository.path().join("ready").exists() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

pub(crate) fn end(mut child: Child, signal: &str) -> ExitStatus {
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    child.wait().unwrap()
}

/// The kernel does so where there is no memory left.
#[test]
#[cfg(target_os = "linux")]
fn a_run_that_is_killed_leaves_nothing_either() {
    let story = story(
        "@alive; trap '' TERM HUP; setsid sh -c '(trap \"\" TERM HUP; @ready; while :; do sleep 1; done) & exit' & wait; sleep 3600",
        "",
    );
    let alive = watch(&story);
    let report = story.repository.outside().join("report.json");
    assert_eq!(end(begin(&story, &report), "-KILL").code(), None);
    alive.join().unwrap();
    assert!(!report.exists());
}

#[test]
fn a_cancelled_run_ends_at_once_with_everything_that_it_started() {
    let story = story(
        "@alive; trap '' TERM; setsid sh -c 'trap \"\" TERM; @ready; while :; do sleep 1; done' & wait; sleep 3600",
        "",
    );
    let alive = watch(&story);
    let report = story.repository.outside().join("report.json");
    let child = begin(&story, &report);
    assert_eq!(end(child, "-TERM").code(), Some(3));
    alive.join().unwrap();
    let report = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    // How far the built-in gates came is not this story's.
    assert_eq!(gates(&report)[0], "bad unproven: ended, since the run was cancelled");
}

#[test]
fn a_program_gets_the_variables_that_it_may_see() {
    let names = "INPUT_BASE GITHUB_OUTPUT NPM_TOKEN DATABASE_URL ACTIONS_RUNTIME_TOKEN";
    let script = format!("for name in {names}; do eval test -z \\\"\\$$name\\\" || echo $name; done > seen");
    let story = |settings: &str| {
        story(&script, settings)
            .on_github()
            .env("INPUT_BASE", "HEAD")
            .env("NPM_TOKEN", "x")
            .env("DATABASE_URL", "y")
            .env("ACTIONS_RUNTIME_TOKEN", "z")
    };
    let seen = |settings: &str| {
        let story = story(settings);
        story.run(&[]);
        story.repository.read("seen").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(seen(""), ["NPM_TOKEN", "DATABASE_URL"]);
    assert_eq!(seen("withhold = [\"NPM_*\"]\n"), ["DATABASE_URL"]);
    assert_eq!(seen("pass = [\"GITHUB_OUTPUT\"]\n"), ["GITHUB_OUTPUT", "NPM_TOKEN", "DATABASE_URL"]);
}
