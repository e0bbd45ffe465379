use super::{bindings, body, dump, parsed};

fn first(source: &str) -> String {
    let module = parsed("file.ts", source);
    let (_, function) = module.functions().next().unwrap();
    dump::function(&module, function)
}

#[test]
fn functions_keep_what_a_reader_of_routes_asks() {
    assert_eq!(
        first(
            "async function GET(request: NextRequest, { params }: Context = {}, ...rest: any[]): Promise<Response> { 'use server'; return f(request) }"
        ),
        "async function GET(request: NextRequest, _: Context = {}, ...rest: any[]): Promise<Response> { \"use server\" return $f(request); }"
    );
    assert_eq!(first("const f = async () => ({ a: 1 })"), "async function () { return {.a: 1}; }");
    assert_eq!(first("const f = a => { return a }"), "function (a) { return a; }");
    assert_eq!(first("function* f() { yield 1; yield* g() }"), "generator function f() { ?(1); ?($g()); }");
    assert_eq!(first("function f(this: Window, a: number) {}"), "function f(a: number) {  }");
    assert_eq!(first("const f = function inner() { return inner }"), "function inner() { return inner; }");
}

#[test]
fn parameters_are_known_by_their_path() {
    assert_eq!(
        bindings("const f = (request, { params: { id }, ...others }, [first]) => 1")
            .lines()
            .skip(1)
            .collect::<Vec<_>>(),
        ["request: parameter 0", "id: parameter 1 .params .id", "others: parameter 1 [?]", "first: parameter 2 [0]"]
    );
    assert_eq!(bindings("function f(a) { a = 1 }"), "f: function\nchanging a: parameter 0");
}

#[test]
fn defaults_inside_of_a_pattern_are_evaluated_sometimes() {
    assert_eq!(first("function f({ a = g() }, b = h()) {}"), "function f(_, b = $h()) { (?() ?? $g()); }");
    assert_eq!(first("const f = ({ a = g() }) => a"), "function (_) { (?() ?? $g()); return a; }");
}

#[test]
fn what_has_no_body_is_no_function() {
    let module = parsed(
        "file.ts",
        "function f(): void; function f(a?: number) {} declare function g(): void; abstract class A { abstract m(): void; n(): void; n() {} }",
    );
    let names: Vec<_> = module.functions().map(|(_, function)| function.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["f", "n"]);
    assert_eq!(bindings("function f(): void; function f(a: 1) {}"), "f: function\na: parameter 0");
}

#[test]
fn a_function_is_known_before_it_is_declared() {
    assert_eq!(body("f(); function f() {}"), "f();");
}

#[test]
fn methods_of_objects_have_names() {
    assert_eq!(
        body(
            "x = { a() {}, async b() {}, get c() { return 1 }, set c(v) {}, ['d']: 1, [e]: 2, 'f g': 3, 4: 5, ...h, i }"
        ),
        "($x = {.a: function a() {  }, .b: async function b() {  }, .c: function c() { return 1; }, .d: 1, [?]: 2, .f g: 3, .4: 5, ...$h, .i: $i});"
    );
}
