//! What changing a column's type does to its values and to its table.

use super::model::Type;

/// What a change of type does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// Some value of the old type has no equal in the new one.
    pub(super) narrows: bool,
    /// PostgreSQL writes the whole table anew.
    pub(super) rewrites: bool,
}

const NOTHING: Change = Change { narrows: false, rewrites: false };
const REWRITES: Change = Change { narrows: false, rewrites: true };
const NARROWS: Change = Change { narrows: true, rewrites: true };

/// What happens on the way from `old` to `new`.
pub(super) fn change(old: &Type, new: &Type) -> Change {
    if old == new {
        return NOTHING;
    }
    if old.array != new.array {
        return REWRITES;
    }
    let length = |data_type: &Type| data_type.arguments.first().copied();
    match (old.name.as_str(), new.name.as_str()) {
        ("varchar" | "text", "text") | ("cidr", "inet") => NOTHING,
        ("varchar" | "text", "varchar") | ("varbit", "varbit") => shorter(length(old), length(new), NOTHING),
        ("text" | "varchar" | "char", "char") => shorter(length(old), length(new), REWRITES),
        ("char", "varchar") | ("bit", "bit" | "varbit") => shorter(length(old), length(new), REWRITES),
        ("numeric", "numeric") => numeric(old, new),
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") | ("timetz", "timetz") => {
            shorter(Some(length(old).unwrap_or(6)), Some(length(new).unwrap_or(6)), NOTHING)
        }
        ("timestamp" | "timestamptz", "date" | "time" | "timetz") => NARROWS,
        (from, to) => match (integer_rank(from), integer_rank(to)) {
            (Some(old_rank), Some(new_rank)) if new_rank < old_rank => NARROWS,
            (None, Some(_)) if matches!(from, "numeric" | "real" | "double precision") => NARROWS,
            (Some(_), None) if to == "real" || (from == "bigint" && to == "double precision") => NARROWS,
            (Some(_), None) if to == "numeric" && !new.arguments.is_empty() => NARROWS,
            _ if matches!(from, "numeric" | "double precision") && matches!(to, "real") => NARROWS,
            _ if from == "numeric" && to == "double precision" => NARROWS,
            _ if matches!(from, "real" | "double precision") && to == "numeric" && !new.arguments.is_empty() => NARROWS,
            _ if matches!(to, "varchar" | "char") && length(new).is_some() => NARROWS,
            _ => REWRITES,
        },
    }
}

/// Whether a change to this type, from one that is not known, may lose something.
pub(super) fn may_narrow(new: &Type) -> bool {
    match new.name.as_str() {
        "smallint" | "integer" | "real" | "date" | "time" | "timetz" | "char" | "bit" => true,
        "varchar" | "numeric" | "varbit" | "timestamp" | "timestamptz" => !new.arguments.is_empty(),
        _ => false,
    }
}

/// The type as SQL.
pub(super) fn display(data_type: &Type) -> String {
    let arguments: Vec<_> = data_type.arguments.iter().map(ToString::to_string).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let array = if data_type.array { "[]" } else { "" };
    format!("{}{arguments}{array}", data_type.name)
}

fn integer_rank(name: &str) -> Option<u8> {
    match name {
        "smallint" => Some(1),
        "integer" => Some(2),
        "bigint" => Some(3),
        _ => None,
    }
}

/// No length means no limit.
fn shorter(old: Option<i64>, new: Option<i64>, otherwise: Change) -> Change {
    match (old, new) {
        (_, None) => otherwise,
        (Some(old), Some(new)) if new >= old => otherwise,
        _ => NARROWS,
    }
}

fn numeric(old: &Type, new: &Type) -> Change {
    let digits = |data_type: &Type| {
        let scale = data_type.arguments.get(1).copied().unwrap_or(0);
        data_type.arguments.first().map(|precision| (precision - scale, scale))
    };
    match (digits(old), digits(new)) {
        (_, None) => NOTHING,
        (None, Some(_)) => NARROWS,
        (Some((old_whole, old_scale)), Some((new_whole, new_scale))) => {
            if new_whole < old_whole || new_scale < old_scale {
                NARROWS
            } else if new_scale == old_scale {
                NOTHING
            } else {
                REWRITES
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::data_type_of_text;
    use super::{Change, NARROWS, NOTHING, REWRITES, change};

    fn from_to(old: &str, new: &str) -> Change {
        change(&data_type_of_text(old), &data_type_of_text(new))
    }

    #[test]
    fn widening_a_text_or_a_number_in_place_costs_nothing() {
        for (old, new) in [
            ("character varying(50)", "varchar(80)"),
            ("varchar(50)", "text"),
            ("text", "varchar"),
            ("numeric(10,2)", "decimal(12, 2)"),
            ("numeric(10,2)", "numeric"),
            ("timestamp(3) without time zone", "timestamp"),
            ("int4", "integer"),
        ] {
            assert_eq!(from_to(old, new), NOTHING, "{old} -> {new}");
        }
    }

    #[test]
    fn other_changes_write_the_table_anew() {
        for (old, new) in [
            ("integer", "bigint"),
            ("numeric(10,2)", "numeric(12,4)"),
            ("text", "uuid"),
            ("integer", "text"),
            ("timestamp", "timestamp with time zone"),
            ("text", "text[]"),
        ] {
            assert_eq!(from_to(old, new), REWRITES, "{old} -> {new}");
        }
    }

    #[test]
    fn what_does_not_fit_any_more_is_lost() {
        for (old, new) in [
            ("bigint", "integer"),
            ("varchar(80)", "varchar(50)"),
            ("text", "varchar(10)"),
            ("numeric(10,2)", "numeric(10,1)"),
            ("numeric(10,2)", "numeric(10,4)"),
            ("double precision", "real"),
            ("numeric", "integer"),
            ("timestamptz", "date"),
            ("timestamp(6)", "timestamp(3)"),
        ] {
            assert_eq!(from_to(old, new), NARROWS, "{old} -> {new}");
        }
    }
}
