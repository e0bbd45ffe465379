use super::{bindings, body};

#[test]
fn classes_have_members_and_decorators() {
    assert_eq!(
        body(
            "@Controller('users') class Users extends Base { @Inject() private service: Service; constructor(private a: A, @Inject(B) b: B) { super(a) } @Get(':id') @UseGuards(Auth) async one(@Param('id') id: string) { return this.service } }"
        ),
        "declare Users = @$Controller(\"users\") class Users extends $Base { @$Inject() service; new constructor = function constructor(a: A, @$Inject($B) b: B) { $super(a); }; @$Get(\":id\") @$UseGuards($Auth) one = async function one(@$Param(\"id\") id: string) { return $this.service; }; };"
    );
}

#[test]
fn fields_accessors_and_static_blocks() {
    assert_eq!(
        body(
            "const C = class { a = 1; static b = () => 2; #c = 3; get d() { return this.#c } set d(v) {} static { e() } [f] = 4; 'g' = 5; accessor h = 6; declare i: number }"
        ),
        "declare C = class  { a = 1; static b = function () { return 2; }; #c = 3; d = function d() { return $this.#c; }; static ? = function () { $e(); }(); ? = 4; g = 5; h = 6; };"
    );
}

#[test]
fn a_class_is_known_by_its_name() {
    assert_eq!(bindings("class A {} new A()"), "A: class");
    assert_eq!(
        bindings("const A = class Inner { m() { return Inner } }"),
        "A: class Inner { m = function m() { return Inner; }; }\nInner: class"
    );
}

#[test]
fn super_and_private_names() {
    assert_eq!(
        body("class A extends B { m() { super.m(); return #p in this } #p }"),
        "declare A = class A extends $B { m = function m() { $super.m(); return (\"#p\" in $this); }; #p; };"
    );
}

#[test]
fn enums_and_namespaces_are_unknown() {
    assert_eq!(
        bindings("enum A { X = f() } namespace N { const x = 1 }")
            .lines()
            .filter(|line| !line.starts_with('X'))
            .collect::<Vec<_>>(),
        ["A: unknown", "N: unknown", "x: 1"]
    );
    assert_eq!(
        body("enum A { X = f() } enum B { Y } namespace N.M { f() }"),
        "declare A = ?($f()); declare B; { { $f(); } }"
    );
}
