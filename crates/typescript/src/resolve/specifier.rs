//! What a specifier tells by itself.

use super::Resolved;

/// Where a specifier with a scheme leads: `node:fs`, `npm:zod@4`, `https://…`. None without one.
pub(super) fn by_scheme(specifier: &str) -> Option<Resolved> {
    let (scheme, rest) = specifier.split_once(':')?;
    if !scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return None;
    }
    Some(match scheme {
        "node" | "bun" | "cloudflare" | "workerd" | "deno" => Resolved::Builtin,
        "file" => Resolved::Missing,
        "npm" | "jsr" => {
            let (package, _) = package_of(rest.trim_start_matches('/')).unwrap_or((rest, ""));
            let version = package.match_indices('@').map(|(at, _)| at).find(|at| *at > 0);
            Resolved::Outside { package: package.get(..version.unwrap_or(package.len())).unwrap_or(package).into() }
        }
        _ => Resolved::Outside { package: specifier.into() },
    })
}

/// Whether the runtime or the framework makes this module.
pub(super) fn is_builtin(specifier: &str) -> bool {
    let of_svelte_kit = ["$app", "$env", "$service-worker"];
    let first = specifier.split('/').next().unwrap_or_default();
    nodejs_built_in_modules::BUILTINS.binary_search(&specifier).is_ok() || of_svelte_kit.contains(&first)
}

/// Whether it is a path from the importing file on.
pub(super) fn is_relative(specifier: &str) -> bool {
    let rest = specifier.strip_prefix("..").or_else(|| specifier.strip_prefix('.'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether it can only mean a folder.
pub(super) fn is_folder(specifier: &str) -> bool {
    matches!(specifier.rsplit('/').next(), Some("" | "." | ".."))
}

/// Without what a bundler reads: `./logo.svg?url` is `./logo.svg`.
pub(super) fn without_query(specifier: &str) -> Option<&str> {
    let end = specifier.char_indices().skip(1).find(|(_, letter)| matches!(letter, '?' | '#'))?;
    specifier.get(..end.0)
}

/// The name of the package that a specifier begins with, and what follows. None where no package can have such a name.
pub(super) fn package_of(specifier: &str) -> Option<(&str, &str)> {
    let mut ends = specifier.match_indices('/').map(|(at, _)| at).chain([specifier.len()]);
    let end = if specifier.starts_with('@') { ends.nth(1)? } else { ends.next()? };
    let (name, rest) = specifier.split_at_checked(end)?;
    let first = name.strip_prefix('@').unwrap_or(name).chars().next()?;
    (first.is_alphanumeric() || first == '_' || first == '-').then(|| (name, rest.trim_start_matches('/')))
}
