//! Secrets under names that a bundler gives to every browser.

use std::collections::BTreeMap;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity};
use ops_typescript::environment::{given_away, reads};
use ops_typescript::module::{Expression, Key, Span};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;

use super::environment::reading;
use crate::survey::{Survey, file_name};

rule! {
    /// ## What it does
    /// Finds variables whose names say both that everybody may see them (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_`,
    /// `NUXT_PUBLIC_`, `GATSBY_`, `PUBLIC_`) and that nobody should: `SECRET`, `TOKEN`, `PASSWORD`, `PRIVATE`, `SERVICE_ROLE` or
    /// `DATABASE_URL`. It looks at what code reads, at the names in objects of files that read the environment, and at committed files
    /// named `.env`. Names with `PUBLISHABLE` or `ANON` are meant to be seen.
    ///
    /// ## Why is this bad
    /// The value is written into the JavaScript that every visitor loads.
    ///
    /// ## Instead
    /// Rename the variable, read it on the server only, and replace the secret: it was public.
    /// ```ts
    /// // before
    /// createClient(url, process.env.NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY);
    /// // after
    /// createClient(url, env.SUPABASE_SERVICE_ROLE_KEY);
    /// ```
    RULE: "public-secret", "Gives a secret to every browser"
}

pub(super) fn check(program: &Program, survey: &Survey, _policy: &Routes) -> Vec<Finding> {
    let mut found: BTreeMap<(FileId, String), Span> = BTreeMap::new();
    let mut add = |file: FileId, name: &str, span: Span| {
        if given_away(name).is_some() {
            let first = found.entry((file, name.to_owned())).or_insert(span);
            *first = (*first).min(span);
        }
    };
    for (file, _) in reading(program, survey) {
        let module = program.module(file);
        for read in reads(module) {
            if let Some(name) = &read.name {
                add(file, name, read.span);
            }
        }
        for (id, expression) in module.expressions() {
            match expression {
                // What is taken of a name that the environment was given to.
                Expression::Member { property, .. } => add(file, property, module.span(id)),
                Expression::Object(properties) => {
                    for property in properties {
                        if let Some(Key::Property(name)) = &property.key {
                            add(file, name, property.span);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    for (file, path) in program.tree().files() {
        let name = file_name(path);
        if name != ".env" && !name.starts_with(".env.") {
            continue;
        }
        let mut start = 0;
        for line in program.tree().read(file).unwrap_or_default().split_inclusive('\n') {
            let written = line.trim_start().trim_start_matches("export ");
            if let Some((name, _)) = written.split_once('=') {
                let from = start + (line.len() - written.len());
                let span = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
                add(file, name.trim(), Span { start: span(from), end: span(from + name.len()) });
            }
            start += line.len();
        }
    }
    found.into_iter().map(|((file, name), span)| finding(program, file, &name, span)).collect()
}

fn finding(program: &Program, file: FileId, name: &str, span: Span) -> Finding {
    let mut finding = RULE.finding(program, At { file, it: span }, Severity::Error, &[name]);
    let prefix = given_away(name).unwrap_or_default();
    let plain = name.strip_prefix(prefix).unwrap_or(name);
    finding.message = format!("`{name}` is a secret by its name, and `{prefix}` gives it to every browser");
    finding.help = format!("Call it `{plain}`, read it on the server only, and replace its value: it was public.");
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{fires, silent, told};

    #[test]
    fn it_is_found_wherever_it_is_named_also_where_reading_is_allowed() {
        for (path, text) in [
            ("lib/a.ts", "connect(process.env.NEXT_PUBLIC_API_SECRET);"),
            ("shared/config/env.ts", "const { NEXT_PUBLIC_API_SECRET } = process.env;"),
            ("shared/config/env.ts", "const env = process.env; connect(env.NEXT_PUBLIC_API_SECRET);"),
            ("shared/config/env.ts", "z.object({ NEXT_PUBLIC_API_SECRET: z.string() }).parse(process.env);"),
            ("src/a.ts", "connect(import.meta.env['VITE_API_SECRET']);"),
            ("supabase/functions/pay/index.ts", "connect(Deno.env.get('NEXT_PUBLIC_API_SECRET'));"),
            (".env.example", "# a comment\nAPI_URL=x\nexport NEXT_PUBLIC_API_SECRET=abc\n"),
        ] {
            fires(RULE.ident, &[(path, text)]);
        }
    }

    #[test]
    fn the_value_is_never_told() {
        let finding = told(RULE.ident, &[(".env", "A=1\nNEXT_PUBLIC_API_SECRET=hunter2\n")]).remove(0);
        assert_eq!(
            finding.message,
            "`NEXT_PUBLIC_API_SECRET` is a secret by its name, and `NEXT_PUBLIC_` gives it to every browser"
        );
        assert_eq!(
            finding.help,
            "Call it `API_SECRET`, read it on the server only, and replace its value: it was public."
        );
        assert_eq!((finding.place.start_line, finding.place.start_column, finding.place.end_column), (2, 1, 23));
    }

    #[test]
    fn a_text_that_holds_such_a_name_is_none() {
        silent(
            RULE.ident,
            &[("lib/a.ts", "throw new Error('NEXT_PUBLIC_API_SECRET is gone: ' + process.env.API_SECRET);")],
        );
    }
}
