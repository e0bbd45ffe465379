//! Diagnostic lines on standard error: what the program does, for whoever looks for a fault in it.
//!
//! `OPS_LOG` says how much (`error`, `warn`, `info`, `debug`, `trace`, or a filter such as `ops_database=debug`); where it is
//! not set, `warn`, and `debug` when GitHub's step debugging is on (`RUNNER_DEBUG=1`). `OPS_LOG_FORMAT=json` writes one
//! JSON object a line.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{inputs::Environment, output::Output, redact::Redactor, runner::Runner, runner::commands::safe_lines};

/// Begins to log, for the rest of the process. A second call changes nothing.
pub(crate) fn start(environment: &Environment, output: &Output) {
    let (redactor, runner) = (output.redactor(), output.runner());
    let writer = move || Line { redactor: redactor.clone(), runner, bytes: Vec::new(), stream: io::stderr() };
    // Fails only where a test or another program has begun already.
    let _ = tracing_subscriber::registry().with(layer(environment, writer)).try_init();
}

fn layer<W>(environment: &Environment, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    let filter: Targets = level(environment).parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::WARN));
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    if environment.get("OPS_LOG_FORMAT") == Some("json") {
        lines.json().with_filter(filter).boxed()
    } else {
        lines.compact().without_time().with_filter(filter).boxed()
    }
}

fn level(environment: &Environment) -> &str {
    let usual = if environment.get("RUNNER_DEBUG") == Some("1") { "debug" } else { "warn" };
    environment.get("OPS_LOG").unwrap_or(usual)
}

/// One event, which is redacted as a whole once it is complete.
struct Line<S: Write> {
    redactor: Redactor,
    runner: Runner,
    bytes: Vec<u8>,
    stream: S,
}

impl<S: Write> Write for Line<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<S: Write> Drop for Line<S> {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.bytes);
        let text = self.redactor.redact(&text);
        let text = if self.runner == Runner::GitHub { safe_lines(&text) } else { text.into_owned() };
        // There is nowhere left to complain.
        let _ = self.stream.write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, layer, level};
    use crate::{inputs::Environment, redact::Redactor, runner::Runner};
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };
    use tracing_subscriber::layer::SubscriberExt;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(pairs: &[(&str, &str)], log: impl FnOnce()) -> String {
        let environment = Environment::from_pairs(pairs.iter().copied());
        let (memory, redactor) = (Memory::default(), Redactor::default());
        redactor.add("hunter22");
        let stream = memory.clone();
        let writer = move || Line {
            redactor: redactor.clone(),
            runner: Runner::GitHub,
            bytes: Vec::new(),
            stream: stream.clone(),
        };
        let subscriber = tracing_subscriber::registry().with(layer(&environment, writer));
        tracing::subscriber::with_default(subscriber, log);
        String::from_utf8(memory.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn warnings_are_logged_and_the_rest_is_not_unless_asked_for() {
        let log = || {
            tracing::warn!("a warning");
            tracing::info!("some news");
        };
        let text = logged(&[], log);
        assert!(text.contains("a warning") && !text.contains("some news"), "{text}");
        assert!(logged(&[("OPS_LOG", "info")], log).contains("some news"));
        let of_us = module_path!().split("::").next().unwrap();
        assert!(logged(&[("OPS_LOG", &format!("warn,{of_us}=info"))], log).contains("some news"));
        assert!(!logged(&[("OPS_LOG", "warn,ops_other=info")], log).contains("some news"));
    }

    #[test]
    fn the_runners_debugging_turns_details_on() {
        let environment = |pairs: &[(&str, &str)]| Environment::from_pairs(pairs.iter().copied());
        assert_eq!(level(&environment(&[("RUNNER_DEBUG", "1")])), "debug");
        assert_eq!(level(&environment(&[("RUNNER_DEBUG", "1"), ("OPS_LOG", "error")])), "error");
        assert_eq!(level(&environment(&[])), "warn");
    }

    #[test]
    fn secrets_and_commands_do_not_pass() {
        let text = logged(&[], || tracing::warn!(url = "postgres://app:hunter22@db", "x\n::error::y ##[error]z"));
        assert!(text.contains("***") && !text.contains("hunter22"), "{text}");
        assert!(!text.contains("##[") && text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    }

    #[test]
    fn each_line_is_an_object_where_json_is_asked_for() {
        let text = logged(&[("OPS_LOG_FORMAT", "json")], || tracing::warn!(attempt = 2, "locked"));
        let event: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!((&event["level"], &event["fields"]["attempt"]), (&"WARN".into(), &2.into()));
    }

    #[test]
    fn a_filter_that_makes_no_sense_is_the_usual_one() {
        assert!(logged(&[("OPS_LOG", "=,=[")], || tracing::warn!("a warning")).contains("a warning"));
    }
}
