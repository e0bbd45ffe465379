//! Flags that the browser decides.

use ops_core::{Finding, Severity};
use ops_typescript::{environment, purpose};

use super::read::Flag;
use crate::code::{Code, Read};

rule! {
    /// ## What it does
    /// Finds code that reads a flag of the registry from a variable that a bundler gives to every browser (`NEXT_PUBLIC_`, `VITE_`,
    /// `REACT_APP_`, `EXPO_PUBLIC_`, `NUXT_PUBLIC_`, `GATSBY_`, `PUBLIC_`). The flag `new-cart` is `NEXT_PUBLIC_NEW_CART`,
    /// `VITE_FLAG_NEW_CART` or `VITE_NEW_CART_ENABLED`. Silent are tests.
    ///
    /// ## Why is this bad
    /// The value is written into the JavaScript when it is built: nobody can switch it off without a deployment, and every visitor can
    /// switch it on. What the flag keeps back is open to whoever asks the server for it.
    ///
    /// ## Instead
    /// ```ts
    /// // before
    /// if (process.env.NEXT_PUBLIC_NEW_CART === "true") return <NewCart />;
    /// // after: decided on the server, for each request
    /// if (await isOn("new-cart", user)) return <NewCart />;
    /// ```
    BROWSER: "release/flag-in-browser", "A flag that the browser decides"
}

/// What the names of variables and flags say beside which flag it is.
const BESIDE: [&str; 9] = ["feature", "features", "flag", "flags", "ff", "is", "enable", "enabled", "use"];

/// Where the code takes one of these flags from what everybody may set.
pub(super) fn findings(flags: &[Flag], code: &Code) -> Vec<Finding> {
    let named: Vec<(&Flag, Vec<String>)> = flags.iter().map(|flag| (flag, words(&flag.name))).collect();
    let decided = |read: &Read| {
        let (prefix, rest) = environment::public(&read.name)?;
        let wanted = words(rest);
        let (flag, _) = named.iter().find(|(_, words)| !words.is_empty() && *words == wanted)?;
        let message =
            format!("the flag {} is read from `{}`, which `{prefix}` gives to every browser", flag.name, read.name);
        let help = "Decide it on the server, for each request, and give the browser the answer.";
        Some(BROWSER.finding(Severity::Warning, read.place.clone(), &[&read.name], message, help))
    };
    code.reads.iter().filter(|read| !purpose::is_test(&read.place.path)).filter_map(decided).collect()
}

/// The words of a name that say which flag it is, however it is written: `newCart`, `new-cart` and `ENABLE_NEW_CART` are one.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for letter in name.chars() {
        let begins = !before.is_alphanumeric() || before.is_lowercase() && letter.is_uppercase();
        if letter.is_alphanumeric() {
            match words.last_mut().filter(|_| !begins) {
                Some(word) => word.extend(letter.to_lowercase()),
                None => words.push(letter.to_lowercase().collect()),
            }
        }
        before = letter;
    }
    words.retain(|word| !BESIDE.contains(&word.as_str()));
    words
}

#[cfg(test)]
mod tests {
    use super::super::GATE;
    use super::words;
    use crate::built_in::testing::Repository;

    const POLICY: &str = "[release.flags]\nregistry = \"flags.json\"\n";
    const REGISTRY: (&str, &str) = (
        "flags.json",
        "{ \"new-cart\": { \"expires\": \"2027-01-31\" }, \"enable\": { \"expires\": \"2027-01-31\" } }",
    );

    fn finds(path: &str, text: &str) -> Vec<String> {
        Repository::with(&[REGISTRY, (path, text)]).policy(POLICY).finds(&GATE)
    }

    #[test]
    fn a_flag_that_is_built_into_the_page_is_found_however_it_is_named() {
        for (name, prefix) in [
            ("NEXT_PUBLIC_NEW_CART", "NEXT_PUBLIC_"),
            ("VITE_FLAG_NEW_CART", "VITE_"),
            ("VITE_NEW_CART_ENABLED", "VITE_"),
            ("PUBLIC_FEATURE_newCart", "PUBLIC_"),
        ] {
            let [told] = finds("src/cart.ts", &format!("export const on = process.env.{name};")).try_into().unwrap();
            assert_eq!(
                told,
                format!(
                    "warning release/flag-in-browser src/cart.ts:1: the flag new-cart is read from `{name}`, which `{prefix}` gives to every browser"
                )
            );
        }
        assert_eq!(finds("src/cart.ts", "export const on = import.meta.env.VITE_NEW_CART;").len(), 1);
    }

    #[test]
    fn what_the_server_reads_and_what_is_no_flag_is_right() {
        for text in [
            "export const on = process.env.NEW_CART;",
            "export const url = process.env.NEXT_PUBLIC_NEW_CART_URL;",
            "export const on = process.env.NEXT_PUBLIC_ENABLE;",
            "export const on = process.env.MY_NEXT_PUBLIC_NEW_CART;",
        ] {
            assert_eq!(finds("src/cart.ts", text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(
            finds("src/cart.test.ts", "export const on = process.env.NEXT_PUBLIC_NEW_CART;"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn code_that_cannot_be_read_proves_nothing() {
        let repository =
            Repository::with(&[REGISTRY, ("src/cart.ts", "export const on = process.env.;")]).policy(POLICY);
        let told = repository.verdict(&GATE);
        assert!(told.starts_with("unproven: src/cart.ts cannot be parsed: "), "{told}");
    }

    #[test]
    fn a_name_has_the_same_words_in_every_spelling() {
        for name in ["newCart", "new-cart", "NEW_CART", "isNewCartEnabled", "feature.new.cart", "FF_NEW_CART"] {
            assert_eq!(words(name), ["new", "cart"], "{name}");
        }
        assert_eq!(words("flag"), Vec::<String>::new());
    }
}
