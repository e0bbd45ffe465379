use super::{body, dump, exports, parsed};

#[test]
fn declarations_are_exported_by_their_names() {
    assert_eq!(exports("export function GET() {}"), "GET = GET");
    assert_eq!(exports("export async function GET() {} export const POST = GET"), "GET = GET\nPOST = POST");
    assert_eq!(exports("export let a, b = 1; a = 2"), "a = a\nb = b");
    assert_eq!(exports("export const { GET, POST: post, ...rest } = serve()"), "GET = GET\npost = post\nrest = rest");
    assert_eq!(exports("export const [first, , second = 1] = all()"), "first = first\nsecond = second");
    assert_eq!(exports("export class Controller {}"), "Controller = Controller");
    assert_eq!(exports("export enum Role { Admin }"), "Role = Role");
    assert_eq!(exports("export namespace Inner { export const hidden = 1 }"), "Inner = Inner");
    assert_eq!(exports("export import Alias = Some.Thing"), "Alias = Alias");
}

#[test]
fn lists_export_under_other_names() {
    assert_eq!(
        exports("const a = 1; export { a, a as b, a as default, a as 'c d' }"),
        "a = a\nb = a\ndefault = a\nc d = a"
    );
    assert_eq!(exports("import { a } from 'x'; export { a as b }"), "b = a");
    assert_eq!(exports("export { later }; const later = 1"), "later = later");
}

#[test]
fn default_exports_of_all_kinds() {
    assert_eq!(exports("export default function () {}"), "default = function () {  }");
    assert_eq!(exports("export default async function name() {}"), "default = name");
    assert_eq!(exports("export default class {}"), "default = class  {  }");
    assert_eq!(exports("export default class Name {}"), "default = Name");
    assert_eq!(exports("export default guard(() => 1)"), "default = $guard(function () { return 1; })");
    assert_eq!(exports("export default { a: 1 } satisfies Config"), "default = {.a: 1}");
    assert_eq!(exports("const a = 1; export default a as unknown"), "default = a");
    assert_eq!(body("export default serve()"), "$serve();");
    assert_eq!(body("export default class Name {}"), "declare Name = class Name {  };");
}

#[test]
fn re_exports_name_their_module() {
    assert_eq!(
        exports("export { a, default as b, c as default } from './x'"),
        "a from \"./x\" a\nb from \"./x\" default\ndefault from \"./x\" c"
    );
    assert_eq!(exports("export * from './x'; export * as all from './y'"), "* from \"./x\"\nall from \"./y\" *");
}

#[test]
fn types_are_not_exported() {
    assert_eq!(exports("export type A = 1; export interface B {} export default interface C {}"), "");
    assert_eq!(
        exports("type A = 1; interface B {} export { A, B }; export type { A as C }; export { type A as D }"),
        ""
    );
    assert_eq!(exports("import type { A } from 'x'; import { type B } from 'x'; export { A, B }"), "");
    assert_eq!(
        exports(
            "export type { A } from 'x'; export { type B } from 'x'; export type * from 'x'; export type * as T from 'x'"
        ),
        ""
    );
    assert_eq!(
        exports("export declare const a: number; export declare function b(): void; export declare class C {}"),
        ""
    );
    assert_eq!(exports("export function over(): void; export function over() {}"), "over = over");
    assert_eq!(exports("declare global { export const a: number } declare module 'x' { export const b: number }"), "");
    assert_eq!(exports("const User = schema(); type User = 1; export { User }"), "User = User");
}

#[test]
fn common_modules_export_by_assignment() {
    let common = |source| dump::exports(&parsed("file.cjs", source));
    assert_eq!(common("module.exports = { a: 1 }"), "module.exports = {.a: 1}");
    assert_eq!(common("exports.GET = handler; module.exports.POST = 1"), "GET = $handler\nPOST = 1");
    assert_eq!(common("module.exports = exports = main"), "module.exports = ($exports = $main)");
    assert_eq!(common("exports.a = exports.b = 1"), "b = 1\na = ($exports.b = 1)");
    assert_eq!(common("module['exports']['a'] = 1"), "a = 1");
    assert_eq!(exports("export = main; "), "module.exports = $main");
}

#[test]
fn what_only_looks_like_a_common_export_is_none() {
    let common = |source| dump::exports(&parsed("file.cjs", source));
    assert_eq!(common("function f() { module.exports = 1; exports.a = 1 }"), "");
    assert_eq!(common("const module = {}; module.exports = 1"), "");
    assert_eq!(common("other.exports = 1; module.other = 1; exports[name] = 1"), "");
}
