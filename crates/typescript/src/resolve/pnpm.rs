//! The `packages` of a pnpm-workspace.yaml: a list of patterns in one of the two ways in which YAML writes lists of texts.
//!
//! Source of the format: <https://pnpm.io/pnpm-workspace_yaml>. The file's other keys are passed over.

/// The patterns; none where there is no such key.
///
/// # Errors
/// The list is written in a way that isn't understood: says so, as a fragment.
pub(super) fn packages(text: &str) -> Result<Vec<String>, String> {
    let mut lines =
        text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_start_matches('\u{feff}').trim_end()));
    let Some((number, list)) = lines.by_ref().find_map(|(number, line)| Some((number, key(line)?))) else {
        return Ok(Vec::new());
    };
    let unknown = |number: usize| {
        format!("line {number} is not understood: write `packages` as a list of quoted patterns, one a line")
    };

    let inline = without_comment(list);
    if !inline.is_empty() {
        let mut flow = inline.to_owned();
        while !flow.ends_with(']') {
            let (_, line) = lines.next().ok_or_else(|| unknown(number))?;
            flow.push_str(without_comment(line.trim()));
        }
        let inner = flow.strip_prefix('[').and_then(|flow| flow.strip_suffix(']')).ok_or_else(|| unknown(number))?;
        let items = inner.split(',').map(str::trim).filter(|item| !item.is_empty());
        return items.map(|item| scalar(item).ok_or_else(|| unknown(number))).collect();
    }
    let mut patterns = Vec::new();
    for (number, line) in lines {
        let item = line.trim_start();
        if item.is_empty() || item.starts_with('#') {
            continue;
        }
        match item.strip_prefix("- ") {
            Some(item) => patterns.push(scalar(item.trim_start()).ok_or_else(|| unknown(number))?),
            None if line.starts_with([' ', '\t']) => return Err(unknown(number)),
            None => break,
        }
    }
    Ok(patterns)
}

fn key(line: &str) -> Option<&str> {
    ["packages", "\"packages\"", "'packages'"]
        .iter()
        .find_map(|key| line.strip_prefix(key)?.trim_start().strip_prefix(':'))
        .map(str::trim)
}

fn without_comment(text: &str) -> &str {
    if text.starts_with('#') {
        return "";
    }
    text.split_once(" #").map_or(text, |(before, _)| before).trim_end()
}

fn scalar(item: &str) -> Option<String> {
    for quote in ['"', '\''] {
        if let Some(rest) = item.strip_prefix(quote) {
            let (text, rest) = rest.split_once(quote)?;
            return (without_comment(rest.trim_start()).is_empty() && !text.contains('\\')).then(|| text.to_owned());
        }
    }
    let text = without_comment(item);
    // Of what YAML gives a meaning at the start of a plain text, only these could begin a pattern by mistake.
    (!text.is_empty() && !text.starts_with(['*', '&', '!', '{', '[', '|', '>', '@', '`', '%']) && !text.contains(": "))
        .then(|| text.to_owned())
}
