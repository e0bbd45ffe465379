use proptest::prelude::*;

use super::dump;
use crate::parse::parse;

/// Tokens of which programs are made that often parse.
fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b",
        "guard",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "=>",
        "=",
        "const",
        "let",
        "function",
        "async",
        "await",
        "export",
        "default",
        "import",
        "from",
        "'x'",
        "`t${",
        "}`",
        ";",
        ",",
        ".",
        "?.",
        "...",
        "class",
        "extends",
        "return",
        "if",
        "else",
        "for",
        "of",
        "in",
        "new",
        "<",
        ">",
        "/",
        "*",
        "as",
        "satisfies",
        "!",
        "?",
        ":",
        "??=",
        "&&",
        "1",
        "@",
        "#a",
        "static",
        "get",
        "set",
        "yield",
        "switch",
        "case",
        "try",
        "catch",
        "finally",
        "type",
        "interface",
        "enum",
        "namespace",
        "declare",
        "using",
        "this",
        "super",
        "import.meta",
        "module.exports",
        "\n",
    ])
}

/// Whole pieces of code, with a `_` wherever a blank may be longer, and `⟨…⟩` around what may have parentheses.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "import_{_a_as_A_,_type_T_}_from_'m';",
        "import_D_,_*_as_N_from_'n';",
        "export_const_GET_=_⟨A⟩_(_async_(_r_,_{_p_=_⟨1⟩_}_)_=>_{_await_⟨D⟩_(_r_)_;_return_⟨⟨N⟩.f_(_p_)⟩;_}_)_;",
        "export_{_h_as_POST_,_h_}_;_function_h_(_)_{_if_(_⟨!⟨A⟩⟩_)_throw_⟨new_D⟩_;_else_{_⟨N.x_=_2⟩_;_}_}",
        "export_default_⟨A_(_D_)⟩_;",
        "class_C_extends_⟨N.B⟩_{_static_s_=_⟨1⟩_;_m_(_x_)_{_for_(_const_y_of_⟨x⟩_)_⟨y_(_)⟩_;_}_}",
        "const_{_q_,_..._w_}_=_⟨⟨A⟩_??_⟨{_q_:_⟨[_1_,_..._D_]⟩_}⟩⟩_;",
        "switch_(_⟨A⟩_)_{_case_⟨1⟩_:_⟨D_(_)⟩_;_break_;_default_:_;_}",
        "const_t_=_⟨`x${_⟨A⟩_}y`⟩_as_T_;",
        "try_{_⟨A_(_)⟩_;_}_catch_(_e_)_{_⟨N_(_e_)⟩_;_}_finally_{_}",
    ])
}

/// The pieces once each, so that no name is declared twice.
fn program() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::btree_set(piece(), 1..8).prop_map(|pieces| pieces.into_iter().collect()).prop_shuffle()
}

fn written(
    pieces: &[&str],
    mut blank: impl FnMut() -> &'static str,
    mut has_parentheses: impl FnMut() -> bool,
) -> String {
    let mut text = String::new();
    let mut open = Vec::new();
    for character in pieces.concat().chars() {
        match character {
            '_' => text.push_str(blank()),
            '⟨' => {
                open.push(has_parentheses());
                text.push_str(if open.last() == Some(&true) { "(" } else { "" });
            }
            '⟩' => text.push_str(if open.pop() == Some(true) { ")" } else { "" }),
            other => text.push(other),
        }
    }
    text
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", extension in prop::sample::select(vec!["ts", "tsx", "js", "cjs", "json", "d.ts"])) {
        dump::everything(&parse(&format!("file.{extension}"), &text));
    }

    #[test]
    fn no_sequence_of_tokens_makes_it_panic(tokens in prop::collection::vec(token(), 0..40)) {
        let module = parse("file.tsx", &tokens.join(" "));
        dump::everything(&module);
    }

    #[test]
    fn blanks_comments_and_parentheses_change_nothing(
        pieces in program(),
        blanks in prop::collection::vec(prop::sample::select(vec![" ", "  ", "\t", " /* c */ ", " /* ( */"]), 1..50),
        parentheses in prop::collection::vec(any::<bool>(), 1..50),
    ) {
        let plain = written(&pieces, || " ", || false);
        let (mut blanks, mut parentheses) = (blanks.iter().cycle(), parentheses.iter().cycle());
        let other = written(&pieces, || blanks.next().unwrap(), || *parentheses.next().unwrap());
        let (plain, other) = (parse("file.ts", &plain), parse("file.ts", &other));
        prop_assert_eq!(&plain.errors, &[]);
        prop_assert_eq!(dump::everything(&plain), dump::everything(&other));
    }

    #[test]
    fn the_local_name_of_an_import_changes_only_that_name(pieces in program(), name in "[a-z]{5}Zz") {
        let whole = [&["import_{_a_as_A_}_from_'m';"], pieces.as_slice()].concat();
        let whole: Vec<_> = whole.into_iter().filter(|piece| !piece.contains("type_T") ).collect();
        let plain = written(&whole, || " ", || false);
        let renamed = plain.split_inclusive(|one: char| !one.is_alphanumeric()).map(|word| match word.strip_prefix('A') {
            Some(rest) if rest.chars().all(|one| !one.is_alphanumeric()) => format!("{name}{rest}"),
            _ => word.to_owned(),
        });
        let (plain, renamed) = (parse("file.ts", &plain), parse("file.ts", &renamed.collect::<String>()));
        prop_assert_eq!(&plain.errors, &[]);
        prop_assert_eq!(dump::everything(&renamed).replace(&name, "A"), dump::everything(&plain));
    }
}
