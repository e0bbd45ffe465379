use super::*;

const RULE: &str = "{ source: '/:path*', headers: [{ key: 'X-Frame-Options', value: 'DENY' }] }";

fn with_rules(rules: &str) -> State {
    with_config(&format!("export default {{ async headers() {{ return [{rules}]; }} }};"))
}

#[test]
fn every_way_to_write_a_configuration_is_read() {
    let forms = [
        "export default { async headers() { return [RULE]; } };",
        "const nextConfig = { headers: async () => [RULE] }; export default nextConfig;",
        "module.exports = { headers() { return [RULE]; } };",
        "async function headers() { return [RULE]; } export default { headers };",
        "const rules = [RULE]; const config = { headers: () => rules }; export { config as default };",
        "const rule = RULE; export default { async headers() { return [...[rule]]; } };",
        "const config = {}; config.headers = async () => [RULE]; export default config;",
        "const base = { async headers() { return [RULE]; } }; export default { ...base, poweredByHeader: false };",
        "export default (phase) => ({ async headers() { return [RULE]; } });",
        "export default async function config(phase, { defaultConfig }) { return { ...defaultConfig, async headers() { return [RULE]; } }; }",
        "/** @type {import('next').NextConfig} */ const c = { async headers() { const list = []; list.push(RULE); return list; } }; export default c;",
        "import { withSentryConfig } from '@sentry/nextjs'; const c = { async headers() { return [RULE]; } }; export default withSentryConfig(c, { org: 'x' });",
        "const withA = require('a')({ enabled: true }); const withB = require('b'); module.exports = withA(withB({ async headers() { return [RULE]; } }));",
        "const withLocal = (config) => ({ ...config, x: 1 }); export default withLocal({ async headers() { return [RULE]; } });",
        "const plugins = [(c) => ({ ...c, a: 1 })]; export default () => plugins.reduce((all, one) => one(all), { async headers() { return [RULE]; } });",
        "export default { async headers() { return Promise.resolve([RULE]); } };",
        "export default { async headers() { return ['/', '/:path*'].map((source) => ({ source, headers: [{ key: 'x-frame-options', value: 'deny' }] })); } };",
    ];
    for form in forms {
        assert_eq!(with_config(&form.replace("RULE", RULE)), State::Covered, "{form}");
    }
}

#[test]
fn constants_of_other_files_are_followed() {
    let config = "import { securityHeaders } from './security'; export default { async headers() { return [{ source: '/(.*)', headers: securityHeaders }]; } };";
    let security = "export const securityHeaders = [{ key: 'X-Frame-Options', value: 'DENY' }];";
    assert_eq!(with_files(&[("next.config.ts", config), ("security.ts", security)]), State::Covered);
}

#[test]
fn no_configuration_and_no_headers_are_missing() {
    assert_eq!(with_files(&[]), State::Missing);
    assert_eq!(with_config("export default { reactStrictMode: true };"), State::Missing);
    assert_eq!(
        with_rules("{ source: '/embed/:path*', headers: [{ key: 'X-Frame-Options', value: 'DENY' }] }"),
        State::Missing
    );
}

#[test]
fn a_second_assignment_replaces_the_first() {
    let config = format!(
        "const config = {{ async headers() {{ return [{RULE}]; }} }}; config.headers = async () => []; export default config;"
    );
    assert_eq!(with_config(&config), State::Missing);
}

#[test]
fn the_last_rule_that_matches_decides() {
    let off = "{ source: '/api/:path*', headers: [{ key: 'x-frame-options', value: 'ALLOWALL' }] }";
    assert_eq!(with_rules(&format!("{RULE}, {off}")), wrong("X-Frame-Options: ALLOWALL"));
    assert_eq!(with_rules(&format!("{off}, {RULE}")), State::Covered);
}

#[test]
fn a_look_ahead_is_evaluated() {
    let rule = |source: &str| RULE.replace("/:path*", source);
    assert_eq!(with_rules(&rule("/:path((?!api).*)*")), State::Missing);
    assert_eq!(with_rules(&rule("/((?!_next).*)")), State::Covered);
    assert_eq!(with_rules(&rule("/api/links/((?!secret).*)")), partly("/api/links/secret"));
}

#[test]
fn a_rule_with_a_condition_proves_nothing() {
    let rule = |key: &str| {
        with_rules(&RULE.replace("headers:", &format!("{key}: [{{ type: 'host', value: 'a' }}], headers:")))
    };
    assert_eq!(rule("has"), unprovable("the rule at next.config.mjs:1 has `has`, so not every request gets it"));
    assert_eq!(
        rule("missing"),
        unprovable("the rule at next.config.mjs:1 has `missing`, so not every request gets it")
    );
}

#[test]
fn production_is_what_counts() {
    let config = |test: &str| {
        format!("const isDev = {test}; export default {{ async headers() {{ return isDev ? [] : [{RULE}]; }} }};")
    };
    assert_eq!(with_config(&config("process.env.NODE_ENV === 'development'")), State::Covered);
    assert_eq!(with_config(&config("process.env.NODE_ENV === 'production'")), State::Missing);
    assert_eq!(with_config(&config("process.env.PREVIEW")), unprovable("it depends on `isDev`"));
    let phase = format!(
        "import {{ PHASE_DEVELOPMENT_SERVER }} from 'next/constants'; export default (phase) => phase === PHASE_DEVELOPMENT_SERVER ? {{}} : {{ headers: () => [{RULE}] }};"
    );
    assert_eq!(with_config(&phase), State::Covered);
}

#[test]
fn what_a_variable_of_the_environment_decides_is_unprovable() {
    let rules = format!("...(process.env.STRICT ? [{RULE}] : [])");
    assert_eq!(with_rules(&rules), unprovable("it depends on `process.env.STRICT`"));
    let header = RULE.replace("[{", "[...(process.env.STRICT ? [{").replace("}]", "}] : [])]");
    assert_eq!(with_rules(&header), unprovable("it depends on `process.env.STRICT`"));
    let value = RULE.replace("'DENY'", "process.env.FRAMES");
    assert_eq!(with_rules(&value), unprovable("what `X-Frame-Options: …` will hold is not known"));
    let both = RULE.replace("'DENY'", "process.env.FRAMES ? 'DENY' : 'SAMEORIGIN'");
    assert_eq!(with_rules(&both), State::Covered);
}

#[test]
fn what_cannot_be_read_is_unprovable() {
    assert_eq!(
        with_config("import config from 'shared-config'; export default config;"),
        unprovable("the configuration is not known: `default` comes from `shared-config`")
    );
    assert_eq!(
        with_config("import { rules } from 'x'; export default { headers: () => rules };"),
        unprovable("what `headers()` gives is not known: `rules` comes from `x`")
    );
    assert_eq!(
        with_config("import { rules } from 'x'; export default { headers: rules };"),
        unprovable("`headers` of the configuration is not known: `rules` comes from `x`")
    );
    assert_eq!(
        with_config("import base from 'x'; export default { ...base };"),
        unprovable("`headers` of the configuration is not known: `default` comes from `x`")
    );
    assert!(matches!(with_config("export default {"), State::Unprovable { .. }));
}

#[test]
fn a_base_path_stands_before_each_source_unless_it_says_no() {
    let config = |rule: &str| format!("export default {{ basePath: '/docs', headers: () => [{rule}] }};");
    assert_eq!(with_config(&config(&RULE.replace("/:path*", "/api/:path*"))), State::Covered);
    assert_eq!(with_config(&config(&RULE.replace("/:path*", "/docs/api/:path*"))), State::Missing);
    let plain = |source: &str| RULE.replace("/:path*", source).replace("headers:", "basePath: false, headers:");
    assert_eq!(with_config(&config(&plain("/docs/api/:path*"))), State::Covered);
    assert_eq!(with_config(&config(&plain("/api/:path*"))), State::Missing);
}

#[test]
fn locales_stand_before_each_source_unless_it_says_no() {
    let config = |rule: &str| {
        format!("export default {{ i18n: {{ locales: ['en', 'de'], defaultLocale: 'en' }}, headers: () => [{rule}] }};")
    };
    assert_eq!(with_config(&config(&RULE.replace("/:path*", "/api/:path*"))), State::Covered);
    let plain = |source: &str| RULE.replace("/:path*", source).replace("headers:", "locale: false, headers:");
    assert_eq!(with_config(&config(&plain("/api/:path*"))), State::Missing);
    assert_eq!(with_config(&config(&plain("/en/api/:path*"))), State::Covered);
}

#[test]
fn letters_that_only_match_in_another_case_do_not_count_on_vercel() {
    assert_eq!(with_rules(&RULE.replace("/:path*", "/API/:path*")), State::Missing);
}
