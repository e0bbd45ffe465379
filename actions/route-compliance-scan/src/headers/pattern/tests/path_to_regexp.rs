//! What path-to-regexp 6.1.0 itself makes of these paths: the table was written by running it.

use super::super::path::{Options, to_regex};

/// A path, what is made of it for Vercel (strict, delimiter `/`), and what without options.
const MADE: [(&str, &str, &str); 25] = [
    (r"/", r"^/$", r"^/[/#\?]?$"),
    (r"/api", r"^/api$", r"^/api[/#\?]?$"),
    (r"/api/:id", r"^/api(?:/([^/]+?))$", r"^/api(?:/([^/#\?]+?))[/#\?]?$"),
    (r"/:path*", r"^(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))?$", r"^(?:/((?:[^/#\?]+?)(?:/(?:[^/#\?]+?))*))?[/#\?]?$"),
    (r"/:path+", r"^(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))$", r"^(?:/((?:[^/#\?]+?)(?:/(?:[^/#\?]+?))*))[/#\?]?$"),
    (r"/:path?", r"^(?:/([^/]+?))?$", r"^(?:/([^/#\?]+?))?[/#\?]?$"),
    (r"/(.*)", r"^(?:/(.*))$", r"^(?:/(.*))[/#\?]?$"),
    (r"/api/:id(\d+)", r"^/api(?:/(\d+))$", r"^/api(?:/(\d+))[/#\?]?$"),
    (
        r"/:path((?!api).*)*",
        r"^(?:/((?:(?!api).*)(?:/(?:(?!api).*))*))?$",
        r"^(?:/((?:(?!api).*)(?:/(?:(?!api).*))*))?[/#\?]?$",
    ),
    (
        r"/:path((?!auth|^$).*)*",
        r"^(?:/((?:(?!auth|^$).*)(?:/(?:(?!auth|^$).*))*))?$",
        r"^(?:/((?:(?!auth|^$).*)(?:/(?:(?!auth|^$).*))*))?[/#\?]?$",
    ),
    (
        r"/((?!api/|_next/static|favicon\.ico).*)",
        r"^(?:/((?!api/|_next/static|favicon\.ico).*))$",
        r"^(?:/((?!api/|_next/static|favicon\.ico).*))[/#\?]?$",
    ),
    (r"/a{/b}?/c", r"^/a(?:/b)?/c$", r"^/a(?:/b)?/c[/#\?]?$"),
    (r"/files/:name.:ext", r"^/files(?:/([^/]+?))(?:\.([^/]+?))$", r"^/files(?:/([^/#\?]+?))(?:\.([^/#\?]+?))[/#\?]?$"),
    (r"/a-:b-c", r"^/a-([^/]+?)-c$", r"^/a-([^/#\?]+?)-c[/#\?]?$"),
    (r"/x{-:id(\d+)}*", r"^/x(?:-((?:\d+)(?:-(?:\d+))*))?$", r"^/x(?:-((?:\d+)(?:-(?:\d+))*))?[/#\?]?$"),
    (r"/\:id", r"^/\:id$", r"^/\:id[/#\?]?$"),
    (r"/a(b|c)d", r"^/a(b|c)d$", r"^/a(b|c)d[/#\?]?$"),
    (
        r"/:a/:b*",
        r"^(?:/([^/]+?))(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))?$",
        r"^(?:/([^/#\?]+?))(?:/((?:[^/#\?]+?)(?:/(?:[^/#\?]+?))*))?[/#\?]?$",
    ),
    (
        r"/docs{/:lang(en|de)}?/:slug+",
        r"^/docs(?:/(en|de))?(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))$",
        r"^/docs(?:/(en|de))?(?:/((?:[^/#\?]+?)(?:/(?:[^/#\?]+?))*))[/#\?]?$",
    ),
    (r"/.well-known/(.*)", r"^/\.well-known(?:/(.*))$", r"^/\.well-known(?:/(.*))[/#\?]?$"),
    (r"/a.b\+c", r"^/a\.b\+c$", r"^/a\.b\+c[/#\?]?$"),
    (r"/:id([^/]+?)", r"^(?:/([^/]+?))$", r"^(?:/([^/]+?))[/#\?]?$"),
    (r"/{:v}?x", r"^/([^/]+?)?x$", r"^/([^/#\?]+?)?x[/#\?]?$"),
    (r"/foo(bar)?", r"^/foo(bar)?$", r"^/foo(bar)?[/#\?]?$"),
    (r"/[x]", r"^/\[x\]$", r"^/\[x\][/#\?]?$"),
];

/// Paths that it refuses.
const REFUSED: [&str; 11] =
    [r"/:", r"/(", r"/(a", r"/(?:x)", r"/((a))", r"/*", r"/a*", r"/{a", r"/a}", r"/()", r"/{a:b:c}"];

const VERCEL: Options = Options { delimiters: "/", may_end_in_delimiter: false };
const PLAIN: Options = Options { delimiters: "/#?", may_end_in_delimiter: true };

/// JavaScript shows a `/` as `\/` where it prints an expression.
fn made(path: &str, options: Options) -> String {
    to_regex(path, options).unwrap().replace("\\/", "/")
}

#[test]
fn a_path_becomes_the_expression_that_path_to_regexp_makes() {
    for (path, vercel, plain) in MADE {
        assert_eq!(made(path, VERCEL), vercel, "{path}");
        assert_eq!(made(path, PLAIN), plain, "{path}");
    }
}

#[test]
fn what_path_to_regexp_refuses_is_refused() {
    for path in REFUSED {
        assert!(to_regex(path, VERCEL).is_err(), "{path}");
    }
}

#[test]
fn a_refusal_names_what_is_wrong() {
    let said = |path| to_regex(path, VERCEL).unwrap_err().to_string();
    assert_eq!(said("/api/*"), "the source has a `?`, `*` or `+` that follows no parameter");
    assert_eq!(said("/:"), "the source has a `:` without a name");
    assert_eq!(said("/(a"), "the source has a `(` that is not closed");
    assert_eq!(said("/{a"), "the source has a `{` that is not closed after one parameter");
    assert_eq!(said("/()"), "the source has an empty pattern");
}
