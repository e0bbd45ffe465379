//! `DROP SEQUENCE`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP SEQUENCE`.
    ///
    /// ## Why is this bad
    /// Where it stood is lost: one made anew starts at 1 and hands out keys that are taken. With CASCADE the defaults
    /// of the columns that use it go as well.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP SEQUENCE order_number;
    /// -- after
    /// ALTER SEQUENCE order_number RENAME TO order_number_unused;
    /// ```
    "drops-sequence", "Drops a sequence", DestroysData, Postgres, ["ban-drop-sequence"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::Sequence, names, .. } = subject.act else { return };
    for sequence in names.iter().filter(|sequence| subject.may_be_old(Object::Sequence, sequence)) {
        let message = format!("drops the sequence `{}`, and with it the last number it gave.", sequence.plain());
        let unused = quoted(&format!("{}_unused", sequence.name));
        let help = format!(
            "Take it out of use first; drop it when no release asks it:\nALTER SEQUENCE {sequence} RENAME TO {unused};"
        );
        out.push(subject.hazard(&RULE, Error, message, help).on([sequence]).lock(AccessExclusive));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_is_lost() {
        assert_eq!(fires(IDENT, "DROP SEQUENCE order_number").severity, Error);
    }

    #[test]
    fn a_sequence_of_the_same_file_has_no_past() {
        silent(IDENT, &["CREATE SEQUENCE s; DROP SEQUENCE s;"]);
    }
}
