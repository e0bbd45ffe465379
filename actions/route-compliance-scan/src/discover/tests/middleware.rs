use ops_typescript::module::Expression;

use super::{NEXT, folder, look};
use crate::discover::middleware::{Config, Proxy, proxies};
use crate::routes::Handler;
use crate::survey::Survey;

/// File, handler and configuration of each proxy.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    let (program, _) = look(folder.path(), &[]);
    let tell = |proxy: Proxy| {
        let Handler::Export(file, name) = proxy.handler else { panic!("a proxy is an export") };
        assert_eq!(file, proxy.file);
        let config = match proxy.config {
            Some(Config::Matcher(at)) => match program.module(at.file).expression(at.it) {
                Expression::Text(text) => format!("matches {text}"),
                _ => "matches a list".to_owned(),
            },
            Some(Config::Everything) => "has no matcher".to_owned(),
            Some(Config::Unknown) => "is unknown".to_owned(),
            None => "is missing".to_owned(),
        };
        format!("{} {name}: config {config}", program.tree().path(file))
    };
    proxies(&program, &Survey::of(&program)).into_iter().map(tell).collect()
}

#[test]
fn both_names_and_both_forms_of_export_are_found() {
    let app = ("app/page.tsx", "");
    for (path, text, expected) in [
        ("proxy.ts", "export function proxy() {}", "proxy.ts proxy: config is missing"),
        ("proxy.ts", "export default function () {}", "proxy.ts default: config is missing"),
        ("middleware.ts", "export { auth as middleware } from './auth'", "middleware.ts middleware: config is missing"),
        (
            "middleware.js",
            "export const middleware = () => {}; export const config = { matcher: '/api/:path*' };",
            "middleware.js middleware: config matches /api/:path*",
        ),
        (
            "middleware.ts",
            "export function middleware() {} const config = { matcher: ['/a', { source: '/b' }] }; export { config };",
            "middleware.ts middleware: config matches a list",
        ),
        ("proxy.ts", "export function proxy() {} export const config = {};", "proxy.ts proxy: config has no matcher"),
        (
            "proxy.ts",
            "export function proxy() {} export const config = { ...all };",
            "proxy.ts proxy: config is unknown",
        ),
        ("proxy.ts", "export function proxy() {} export const config = make();", "proxy.ts proxy: config is unknown"),
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
    assert_eq!(told(&files), ["src/middleware.ts middleware: config is missing"]);
}

#[test]
fn an_application_with_both_names_shows_both() {
    let files = [
        NEXT,
        ("app/page.tsx", ""),
        ("proxy.ts", "export function proxy() {}"),
        ("middleware.ts", "export function middleware() {}"),
    ];
    assert_eq!(told(&files), ["proxy.ts proxy: config is missing", "middleware.ts middleware: config is missing"]);
}
