use super::{body, dump, parsed};
use crate::parse::parse;

fn value(source: &str) -> String {
    let text = body(&format!("x = {source}"));
    text.strip_prefix("($x = ").and_then(|text| text.strip_suffix(");")).unwrap_or(&text).to_owned()
}

fn markup(source: &str) -> String {
    dump::body(&parsed("file.tsx", source))
}

#[test]
fn values() {
    assert_eq!(value("[1, 'a', true, null, , ...b]"), "[1, \"a\", true, null, $undefined, ...$b]");
    assert_eq!(value("-1.5"), "-1.5");
    assert_eq!(value("/a[/]b/gi"), "/a[/]b/gi");
    assert_eq!(value("`plain`"), "\"plain\"");
    assert_eq!(value("`a${b}c${d()}`"), "`a${}c${}` of $b, $d()");
    assert_eq!(value("10n"), "?()");
}

#[test]
fn members_and_calls() {
    assert_eq!(value("a.b['c'][`d`][0][e]"), "$a.b.c.d[0][$e]");
    assert_eq!(value("a?.b?.['c']?.(d)"), "$a.b.c($d)");
    assert_eq!(value("a!.b!(c)"), "$a.b($c)");
    assert_eq!(value("(a?.b)!.c"), "$a.b.c");
    assert_eq!(value("f<T>(a, ...b)"), "$f($a, ...$b)");
    assert_eq!(value("new A(1)"), "new $A(1)");
    assert_eq!(value("new A"), "new $A()");
    assert_eq!(value("sql`a ${b} c`"), "$sql($b)");
    assert_eq!(value("f(this, arguments)"), "$f($this, $arguments)");
}

#[test]
fn operators() {
    assert_eq!(value("a && b || c"), "(($a && $b) || $c)");
    assert_eq!(value("a ?? b"), "($a ?? $b)");
    assert_eq!(value("!a ? b : c"), "(!$a ? $b : $c)");
    assert_eq!(value("a === b"), "($a === $b)");
    assert_eq!(value("a instanceof b"), "($a instanceof $b)");
    assert_eq!(value("[typeof a, void b, delete c.d, +e]"), "[?($a), ?($b), ?($c.d), ?($e)]");
    assert_eq!(value("await a"), "await $a");
    assert_eq!(value("(a, b)"), "?($a, $b)");
    assert_eq!(value("(0, a.b)(c)"), "$a.b($c)");
}

#[test]
fn assignments() {
    assert_eq!(body("a.b = c"), "($a.b = $c);");
    assert_eq!(body("a += b"), "($a = ($a + $b));");
    assert_eq!(body("a ??= b"), "($a = ($a ?? $b));");
    assert_eq!(body("a++; --b.c"), "($a = ?()); ($b.c = ?());");
    assert_eq!(body("[a, b.c = d()] = e"), "(?($a, $b.c, (?() ?? $d())) = $e);");
    assert_eq!(body("({ a, b: c.d, e = f(), ...g } = h)"), "(?($a, $c.d, $e, (?() ?? $f()), $g) = $h);");
    assert_eq!(body("(a as any) = b; (c!) = d"), "($a = $b); ($c = $d);");
}

#[test]
fn types_are_seen_through() {
    assert_eq!(value("a as B satisfies C"), "$a");
    assert_eq!(value("<A>b"), "$b");
    assert_eq!(value("f<string>"), "$f");
    assert_eq!(value("((a))"), "$a");
}

#[test]
fn markup_evaluates_its_holes() {
    assert_eq!(
        markup("x = <div class='a' b={c()} {...d}>text {e} <F.G h=<i/>/> {...j} {/* */}</div>"),
        "($x = ?($c(), $d, $e, ?($F.G, ?()), $j));"
    );
    assert_eq!(
        markup("const A = () => 1; x = <><A>{b}</A></>"),
        "declare A = function () { return 1; }; ($x = ?(?(A, $b)));"
    );
    assert_eq!(markup("x = <this.a.b/>"), "($x = ?($this.a.b));");
}

#[test]
fn every_extension_has_its_language() {
    for path in ["a.js", "a.mjs", "a.jsx", "a.cjs"] {
        assert_eq!(parse(path, "x = <a/>").errors, [], "{path}");
    }
    for path in ["a.ts", "a.mts", "a.cts", "a.tsx"] {
        assert_eq!(parse(path, "const x: number = 1").errors, [], "{path}");
    }
    for path in ["a.js", "a.ts", "a.cts", "a.mjs"] {
        assert_eq!(parse(path, "import a from 'a'; export default a").errors, [], "{path}");
    }
    assert_eq!(parse("a.cjs", "return 1").errors, []);
    assert_eq!(parse("a.d.ts", "export const a: number; export default a").errors, []);
}

#[test]
fn data_is_the_default_export() {
    let module = parsed("vercel.json", "{ \"a\": [1, { \"b\": null }] } // comment\n");
    assert_eq!(dump::exports(&module), "default = {.a: [1, {.b: null}]}");
}

#[test]
fn what_cannot_be_parsed_has_errors_and_nothing_else() {
    for (path, text) in
        [("a.ts", "export const a = 1; const = "), ("a.json", "{"), ("a.css", "a {}"), ("a.ts", "\u{0}\u{1}")]
    {
        let module = parse(path, text);
        assert_ne!(module.errors, [], "{path}");
        assert!(module.exports.is_empty() && module.body.is_empty() && module.bindings.is_empty(), "{path}");
    }
    let module = parse("a.ts", "const a = 1;\nconst = 2;");
    assert_eq!(module.errors[0].message, "Unexpected token");
    assert_eq!(module.errors[0].span.start, 19);
    assert_eq!(parse("a.css", "").errors[0].message, "the file is neither TypeScript nor JavaScript");
}
