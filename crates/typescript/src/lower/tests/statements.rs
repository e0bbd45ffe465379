use super::{bindings, body, parsed};

#[test]
fn declarations_take_values_apart() {
    assert_eq!(body("const a = 1, { b } = c(); let d"), "declare a = 1; declare b = $c(); declare d;");
    assert_eq!(
        bindings("const { a, b: { c }, 'd e': f, [g]: h, ...i } = x"),
        "a: $x .a\nc: $x .b .c\nf: $x .d e\nh: $x [?]\ni: $x [?]"
    );
    assert_eq!(bindings("const [a, , [b], ...c] = x"), "a: $x [0]\nb: $x [2] [0]\nc: $x [?]");
    assert_eq!(bindings("const { a = 1 } = x"), "a: $x .a [?]");
    assert_eq!(body("const { a = f() } = x"), "declare a = $x; (?() ?? $f());");
    assert_eq!(body("using a = open(); await using b = open()"), "declare a = $open(); declare b = $open();");
    assert_eq!(body("declare const a: number; type T = 1; interface I {}"), "");
}

#[test]
fn a_name_that_is_written_to_again_is_not_constant() {
    for changing in [
        "let a = 1; a = 2",
        "let a = 1; a++",
        "let a = 1; a ||= 2",
        "let a; a = 1",
        "let a = 1; [a] = f()",
        "let a = 1; ({ b: a } = f())",
        "let a = 1; for (a of b);",
        "var a = 1; var a = 2",
        "let a = 1; function f() { a = 2 }",
    ] {
        assert!(bindings(changing).starts_with("changing a"), "{changing}");
    }
    for constant in [
        "const a = 1",
        "let a = 1; f(a)",
        "let a = {}; a.b = 1",
        "var a = 1; { let a = 2 }",
        "for (const a of b);",
        "const a = 1; type a = 2",
    ] {
        assert!(bindings(constant).starts_with("a:"), "{constant}");
    }
}

#[test]
fn choices_and_blocks() {
    assert_eq!(
        body("if (a) b(); else if (c) { d() } else e()"),
        "if $a { $b(); } else { if $c { $d(); } else { $e(); } }"
    );
    assert_eq!(body("{ a() } outer: { b(); break outer }"), "{ $a(); } { $b(); jump; }");
    assert_eq!(
        body("switch (a) { case 1: case 'b': c(); break; default: d() }"),
        "switch $a { case 1: {  } case \"b\": { $c(); jump; } default: { $d(); } }"
    );
    assert_eq!(body("; debugger"), "");
}

#[test]
fn loops() {
    assert_eq!(
        body("for (let i = 0; i < n; i++) f(i)"),
        "{ declare i = 0; loop ((i < $n)) { $f(i); } then ((i = ?())) }"
    );
    assert_eq!(body("for (;;) {}"), "loop () {  }");
    assert_eq!(body("for (a = 1; ; ) b()"), "{ ($a = 1); loop () { $b(); } }");
    assert_eq!(body("for (const { x } of await y) f(x)"), "loop (await $y) { declare x = ?(); $f(x); }");
    assert_eq!(body("for await (const x of y) {}"), "loop (await $y) { declare x = ?(); }");
    assert_eq!(body("for (a.b in c) {}"), "loop ($c) { ($a.b = ?()); }");
    assert_eq!(body("while (a()) { continue }"), "loop ($a()) { jump; }");
    assert_eq!(body("do a(); while (b)"), "loop at least once () { $a(); } then ($b)");
}

#[test]
fn errors_and_exits() {
    assert_eq!(
        body("try { a() } catch (e) { b(e) } finally { c() }"),
        "try { $a(); } catch { declare e; $b(e); } finally { $c(); }"
    );
    assert_eq!(body("try { a() } catch {}"), "try { $a(); } catch {  } finally {  }");
    assert_eq!(body("try { a() } finally { b() }"), "try { $a(); } finally { $b(); }");
    assert_eq!(body("throw new Error('x')"), "throw new $Error(\"x\");");
    assert_eq!(bindings("try {} catch ({ message }) {}"), "message: unknown");
}

#[test]
fn directives_stand_apart() {
    let module = parsed("file.ts", "'use server'\n\"use strict\"\nf()");
    assert_eq!(module.directives, ["use server", "use strict"]);
    assert_eq!(super::dump::body(&module), "$f();");
}
