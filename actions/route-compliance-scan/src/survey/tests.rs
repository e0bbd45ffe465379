use proptest::prelude::*;

use super::{Mark, Marks, is_code, is_generated, is_test};

#[test]
fn declarations_and_other_files_are_no_code() {
    for path in ["a.ts", "a/b.tsx", "a.mjs", "a.cjs", "a.mts", "a.cts", "a.jsx", "a.js", "d.ts", "a.dd.ts"] {
        assert!(is_code(path), "{path}");
    }
    for path in ["a.d.ts", "a.d.mts", "a.d.css.ts", "a.json", "ts", "a.ts.md", "a.svelte", "a.min.js"] {
        assert!(!is_code(path), "{path}");
    }
}

#[test]
fn tests_are_known_by_their_folder_or_by_a_word_of_their_name() {
    for path in ["a/__tests__/b.ts", "a.test.ts", "a.spec.tsx", "e2e/login.ts", "button.stories.tsx", "tests/a.ts"] {
        assert!(is_test(path), "{path}");
    }
    for path in ["test.ts", "latest/a.ts", "contest.ts", "src/testing-library.ts"] {
        assert!(!is_test(path), "{path}");
    }
}

#[test]
fn generated_files_are_known_by_their_folder_or_by_a_word_of_their_name() {
    assert!(
        is_generated("a/generated/root.ts") && is_generated("api.generated.ts") && is_generated("routeTree.gen.ts")
    );
    assert!(!is_generated("generated.ts") && !is_generated("a/regenerated/b.ts"));
}

#[test]
fn a_mark_of_two_words_needs_both() {
    assert!(Marks::of("const { env } = process").has(Mark::ProcessEnv));
    assert!(Marks::of("const { env } = Deno").has(Mark::ProcessEnv));
    assert!(Marks::of("Netlify.env.get('KEY')").has(Mark::ProcessEnv));
    assert!(!Marks::of("await process(order); Deno.serve(answer)").has(Mark::ProcessEnv));
    assert!(Marks::of("import.meta.env.SECRET").has(Mark::MetaEnv));
    assert!(!Marks::of("import.meta.url").has(Mark::MetaEnv));
}

#[test]
fn a_logger_is_a_word_of_its_own() {
    for text in [
        "log.info()",
        "request.log.info()",
        "requestLog.warn()",
        "log('a')",
        "logger.info()",
        "const { log } = x; log()",
    ] {
        assert!(Marks::of(text).has(Mark::Logger), "{text}");
    }
    for text in ["dialog.open()", "catalog('a')", "Math.log(2)"] {
        assert!(!Marks::of(text).has(Mark::Logger), "{text}");
    }
}

#[test]
fn a_word_of_a_sentence_is_no_express() {
    for text in [
        "the expressions of a formula",
        "a Stripe express account",
        "as expressed above, and expressly so",
        "mail it express.",
        "we mail it express. Or not",
    ] {
        assert!(!Marks::of(text).has(Mark::Express), "{text}");
    }
    for text in [
        "import express from 'express'",
        "require(\"express\")",
        "import(`express`)",
        "import Router from 'express-promise-router'",
        "import { Router } from 'express/index'",
        "import express from 'npm:express@5'",
        "import { ExpressAdapter } from '@nestjs/platform-express'",
        "const express = expression(); express()",
        "import { app } from './express.js'",
        "import { expressApp } from './server'",
        "import { express } from '../lib/http'",
        "import { express, Router } from '../lib/http'",
        "import { express as server } from '../lib/http'",
        "module.exports = express\nmodule.exports.app = app",
        "const app: express.Application = made()",
    ] {
        assert!(Marks::of(text).has(Mark::Express), "{text}");
    }
}

#[test]
fn the_end_of_a_word_is_not_the_word() {
    for (word, end, mark) in [
        ("router(", "computer(", Mark::Trpc),
        ("console.log", "Consoles onsole.log", Mark::Console),
        ("AbortController(", "patroller(", Mark::Nest),
        ("applyDecorators(", "supplyDecorators(", Mark::Nest),
    ] {
        assert!(Marks::of(word).has(mark) && !Marks::of(end).has(mark), "{word} {end}");
    }
    assert!(!Marks::of("export.meta.env").has(Mark::MetaEnv));
}

#[test]
fn a_class_that_extends_another_is_told_from_a_type_that_does() {
    for text in ["class A extends B {}", "export default class<T extends object>\n  extends B<T> {}"] {
        assert!(Marks::of(text).has(Mark::Subclass), "{text}");
    }
    assert!(!Marks::of("class NotFound extends Error {}").has(Mark::Subclass));
    assert!(!Marks::of("interface A extends B {}\nfunction f<T extends object>(one: T) {}").has(Mark::Subclass));
}

proptest! {
    #[test]
    fn a_needle_is_found_wherever_it_stands(before in "[a-z '\"\\.\\(]{0,20}", after in "[a-z '\"\\.\\(]{0,20}", index in 0..super::NEEDLES.len()) {
        let (head, needle, bits) = super::NEEDLES[index];
        prop_assume!(needle != "express" || !super::is_prose(&after));
        let marks = Marks::of(&format!("{before} {head}{needle}{after}"));
        let own = bits & !(super::PROCESS | super::META);
        prop_assert_eq!(marks.0 & own, own);
    }
}
