//! What a team decided, put together: the policy, its gitleaks files, the key.

use ops_secrets::gitleaks::{Config, Ignored};
use ops_secrets::look::Gap;
use ops_secrets::{Key, Search, Settings};

use super::{Mode, Question};

/// Read by itself where it is there.
const GITLEAKS: &str = ".gitleaks.toml";
const IGNORED: &str = ".gitleaksignore";

/// What to look for; and what is missing where the key of the fingerprints is.
pub(super) fn search(question: &Question<'_>) -> Result<(Search, Option<Gap>), String> {
    let policy = question.policy;
    let given = policy.gitleaks.as_deref();
    // What lies among logs decides nothing of itself.
    let is_team = question.mode != Some(Mode::Logs);
    let name = given.or_else(|| (is_team && question.root.join(GITLEAKS).exists()).then_some(GITLEAKS));
    let gitleaks = match name {
        Some(name) => Config::read(name, &question.root.join(name)).map_err(|error| error.to_string())?,
        None => Config::default(),
    };
    let ignored = match std::fs::read(question.root.join(IGNORED)) {
        _ if !is_team => Ignored::default(),
        Ok(bytes) => Ignored::parse(&String::from_utf8_lossy(&bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ignored::default(),
        Err(error) => return Err(format!("{IGNORED} cannot be read: {error}")),
    };
    let (key, gap) = key(question);
    let settings = Settings {
        exclude: policy.exclude.clone(),
        disabled: policy.disabled.clone(),
        allow: policy.allow.clone(),
        gitleaks,
        ignored,
        largest: policy.max_file_size,
        key,
    };
    let search = Search::new(settings, question.now).map_err(|error| error.to_string())?;
    Ok((search, gap))
}

fn key(question: &Question<'_>) -> (Key, Option<Gap>) {
    let Some(name) = question.policy.key.as_deref() else { return (Key::default(), None) };
    match question.variables.get(name) {
        Some(value) => (Key::new(value.as_bytes()), None),
        None => {
            let gap = Gap {
                what: format!("the variable {name}, which holds the key of the fingerprints, is not set"),
                next: format!(
                    "pass {name} to this step: a baseline that was written with the key knows nothing without it"
                ),
            };
            (Key::default(), Some(gap))
        }
    }
}
