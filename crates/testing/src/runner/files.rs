//! The runner's reading of `GITHUB_OUTPUT` and `GITHUB_ENV` (actions/runner: FileCommandManager.cs).

use std::collections::BTreeMap;

/// Reads `NAME=VALUE` and `NAME<<DELIMITER` entries; whichever of `=` and `<<` comes first decides.
pub(super) fn pairs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    // On Linux a carriage return belongs to the value, so only the line feed ends a line.
    let mut lines = text.split('\n');
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let equals = line.find('=').unwrap_or(usize::MAX);
        let heredoc = line.find("<<").unwrap_or(usize::MAX);
        if equals < heredoc {
            found.insert(line[..equals].to_owned(), line[equals + 1..].to_owned());
        } else if heredoc < equals {
            let (name, delimiter) = (&line[..heredoc], &line[heredoc + 2..]);
            if name.is_empty() || delimiter.is_empty() {
                return Err(format!("invalid format {line:?}: name and delimiter must not be empty"));
            }
            let mut value = Vec::new();
            loop {
                match lines.next() {
                    Some(line) if line == delimiter => break,
                    Some(line) => value.push(line),
                    None => return Err(format!("matching delimiter not found {delimiter:?}")),
                }
            }
            found.insert(name.to_owned(), value.join("\n"));
        } else {
            return Err(format!("invalid format {line:?}"));
        }
    }
    Ok(found)
}
