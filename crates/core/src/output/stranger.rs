//! The lines of another program.

use super::{Output, write_line};
use crate::runner::{Runner, commands};

/// The lines of another program: see [`Output::stranger`].
pub struct Stranger<'a> {
    pub(super) output: &'a mut Output,
    /// What ends the runner's pause, once there is one.
    pub(super) token: Option<String>,
}

impl Stranger<'_> {
    /// Prints one line, and gives it back as it was printed: redacted.
    pub fn say(&mut self, line: &str) -> String {
        let redacted = self.output.redactor.redact(line).into_owned();
        if self.output.runner == Runner::GitHub && self.token.is_none() {
            self.token = commands::token().ok();
            if let Some(token) = &self.token {
                let _ = write_line(&mut self.output.stdout, &format!("::stop-commands::{token}"));
            }
        }
        match self.token {
            Some(_) => {
                let _ = write_line(&mut self.output.stdout, &commands::defused(&redacted));
            }
            // Standard output is for the report, which another program may read. On a runner the two streams are read
            // side by side, so there everything that it listens to stays on one.
            None if self.output.runner != Runner::GitHub => self.output.complain(&redacted),
            // No pause, for lack of randomness: every line is made harmless.
            None => self.output.say(&redacted),
        }
        redacted
    }
}

impl Drop for Stranger<'_> {
    fn drop(&mut self) {
        if let Some(token) = &self.token {
            let _ = write_line(&mut self.output.stdout, &format!("::{token}::"));
        }
    }
}
