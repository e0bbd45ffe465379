//! The path that a file's name stands for: `users.$id_.edit.tsx`, `admin+/users.tsx`, `users.$id/route.tsx`.

use crate::routes::{RoutePath, Segment};

/// Nothing for a file that is none of a route: what lies beside routes in nested folders begins with `+`. More than one path,
/// where parts may be left out.
pub(super) fn paths(path: &str, is_nested: bool) -> Option<Vec<RoutePath>> {
    let (stem, _) = path.rsplit_once('.')?;
    let mut parts: Vec<&str> = stem.split('/').collect();
    if is_nested && parts.iter().any(|part| part.starts_with('+')) {
        return None;
    }
    let file = parts.pop()?;
    let mut names: Vec<String> = Vec::new();
    for (number, folder) in parts.iter().enumerate() {
        match folder.strip_suffix('+') {
            Some(flat) => names.push(flat.to_owned()),
            None if is_nested => names.push((*folder).to_owned()),
            // The folder is the route; the file says only that it is.
            None if number + 1 == parts.len() && matches!(file, "route" | "index" | "_route") => {
                names.push((*folder).to_owned());
                return Some(read(&names));
            }
            None => return None,
        }
    }
    names.push(file.to_owned());
    Some(read(&names))
}

fn read(names: &[String]) -> Vec<RoutePath> {
    let mut found = vec![RoutePath::default()];
    let last = names.len().saturating_sub(1);
    for (number, name) in names.iter().enumerate() {
        for part in split(name) {
            // Without a path of its own: a layout, or the page of the folder itself.
            if part.starts_with('_')
                || (part == "index" && number == last)
                || part == "route" && number == last && last > 0
            {
                continue;
            }
            let optional = part.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            let without = if optional.is_some() { found.clone() } else { Vec::new() };
            let segment = segment(optional.unwrap_or(&part));
            for path in &mut found {
                path.0.push(segment.clone());
            }
            found.splice(0..0, without);
        }
    }
    found
}

/// At the dots that are not in brackets.
fn split(name: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let parts = name.split(|one: char| {
        match one {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        one == '.' && depth == 0
    });
    parts.map(str::to_owned).collect()
}

fn segment(part: &str) -> Segment {
    let part = part.strip_suffix('_').unwrap_or(part);
    match part.strip_prefix('$') {
        Some("") => Segment::OptionalRest("rest".to_owned()),
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(part.replace(['[', ']'], "")),
    }
}
