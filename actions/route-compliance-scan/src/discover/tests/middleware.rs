use ops_testing::TestDir;

use super::{NEXT, look};
use crate::discover::middleware::{Proxy, proxies};
use crate::routes::Handler;
use crate::survey::Survey;

/// File and handler of each proxy.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let folder = TestDir::of(files);
    let (program, _) = look(folder.path(), &[]);
    let tell = |proxy: Proxy| {
        let Handler::Export(file, name) = proxy.handler else { panic!("a proxy is an export") };
        assert_eq!(file, proxy.file);
        format!("{} {name}", program.tree().path(file))
    };
    proxies(&program, &Survey::of(&program)).into_iter().map(tell).collect()
}

#[test]
fn both_names_and_both_forms_of_export_are_found() {
    let app = ("app/page.tsx", "");
    for (path, text, expected) in [
        ("proxy.ts", "export function proxy() {}", "proxy.ts proxy"),
        ("proxy.ts", "export default function () {}", "proxy.ts default"),
        ("middleware.ts", "export { auth as middleware } from './auth'", "middleware.ts middleware"),
        (
            "middleware.js",
            "export const middleware = () => {}; export const config = { matcher: '/api/:path*' };",
            "middleware.js middleware",
        ),
    ] {
        assert_eq!(told(&[NEXT, app, (path, text)]), [expected], "{path}: {text}");
    }
}

#[test]
fn only_the_file_beside_app_runs() {
    let text = "export function middleware() {}";
    let files = [
        NEXT,
        ("src/app/page.tsx", ""),
        ("middleware.ts", text),
        ("src/middleware.ts", text),
        ("src/lib/middleware.ts", text),
    ];
    assert_eq!(told(&files), ["src/middleware.ts middleware"]);
}

#[test]
fn an_application_with_both_names_shows_both() {
    let files = [
        NEXT,
        ("app/page.tsx", ""),
        ("proxy.ts", "export function proxy() {}"),
        ("middleware.ts", "export function middleware() {}"),
    ];
    assert_eq!(told(&files), ["proxy.ts proxy", "middleware.ts middleware"]);
}
