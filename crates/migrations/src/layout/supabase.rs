//! Supabase: `supabase/migrations/<digits>_<name>.sql`.
//!
//! Other names are passed over, as the tool does. Formats: supabase/cli, `pkg/migration/list.go` and `file.go`.

use super::error::LayoutError;
use super::files::{Folder, Gathered, leading_digits, whole};
use crate::Migration;

/// Before this moment the tool wrote a first file `<timestamp>_init.sql`, which it does not apply.
const FIRST_REAL_INIT: &str = "20211209000000";

pub(super) fn read(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    for (index, entry) in folder.entries()?.iter().enumerate() {
        if entry.is_folder || (index == 0 && is_old_init(&entry.name)) {
            continue;
        }
        if let Some((version, name)) = parse(&entry.name) {
            gathered.add(folder.text(&entry.path).map(|source| whole(version, name, &entry.path, source)));
        }
    }
    gathered.refuse_doubles();
    gathered.finish()
}

/// `^([0-9]+)_(.*)\.sql$`.
pub(super) fn parse(file: &str) -> Option<(&str, &str)> {
    let (version, rest) = leading_digits(file);
    let name = rest.strip_prefix('_')?.strip_suffix(".sql")?;
    (!version.is_empty()).then_some((version, name))
}

fn is_old_init(file: &str) -> bool {
    let (version, rest) = leading_digits(file);
    version.len() == FIRST_REAL_INIT.len() && version < FIRST_REAL_INIT && rest == "_init.sql"
}
