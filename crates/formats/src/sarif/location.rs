//! Where a result is: a URI, perhaps relative to a folder that the log names.

use percent_encoding::percent_decode_str;

use super::log::{ArtifactLocation, Location, Run};
use crate::{Region, json::First, text};

/// The first place of a result, which is the one that is shown.
pub(super) fn region(run: &Run<'_>, locations: Option<&First<Location<'_>, 1>>) -> Option<Region> {
    let physical = locations?.items.first()?.physical_location.as_ref()?;
    let path = path(run, physical.artifact_location.as_ref()?)?;
    let Some(place) = &physical.region else { return Some(Region { path, ..Region::default() }) };
    let (start_line, start_column) = (place.start_line.0, place.start_column.0);
    // Where no last line is told, it is the first one.
    let end_line = if place.end_line.0 == 0 { start_line } else { place.end_line.0 };
    Some(Region { path, start_line, start_column, end_line, end_column: place.end_column.0 })
}

fn path(run: &Run<'_>, location: &ArtifactLocation<'_>) -> Option<String> {
    let by_index = || {
        let index = usize::try_from(location.index?).ok()?;
        run.artifacts.as_ref()?.get(index)?.location.as_ref()
    };
    let location = if location.uri.is_some() { location } else { by_index()? };
    let mut uri = location.uri.as_deref()?.to_owned();
    let mut base_id = location.uri_base_id.as_deref();
    // A name may stand for a folder within another one; a log of names that stand for each other must not go on for ever.
    for _ in 0..8 {
        if has_scheme(&uri) {
            break;
        }
        let bases = run.original_uri_base_ids.as_ref();
        let Some((_, base)) = base_id.and_then(|id| bases?.0.iter().find(|(name, _)| name == id)) else { break };
        if let Some(folder) = base.uri.as_deref().filter(|folder| !folder.is_empty()) {
            uri = format!("{}/{uri}", folder.trim_end_matches('/'));
        }
        base_id = base.uri_base_id.as_deref();
    }
    let uri = uri.strip_prefix("file://").unwrap_or(&uri);
    let decoded = percent_decode_str(uri).decode_utf8_lossy();
    // `file:///C:/a` is `C:/a`.
    let windows = decoded.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    let path = text::path(windows.unwrap_or(&decoded));
    (!path.is_empty()).then_some(path)
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
