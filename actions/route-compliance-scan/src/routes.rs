//! What a route is, whatever framework serves it.

use std::fmt;

use ops_typescript::module::{ExpressionId, FunctionId, Name, Span};
use ops_typescript::program::At;
use ops_typescript::tree::FileId;

/// Who serves a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Framework {
    NextApp,
    NextPages,
    ServerAction,
    Vercel,
    Hono,
    Express,
    Fastify,
    Medusa,
    Trpc,
    Nest,
    Remix,
    SvelteKit,
}

impl Framework {
    /// As the report has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NextApp => "next-app",
            Self::NextPages => "next-pages",
            Self::ServerAction => "server-action",
            Self::Vercel => "vercel",
            Self::Hono => "hono",
            Self::Express => "express",
            Self::Fastify => "fastify",
            Self::Medusa => "medusa",
            Self::Trpc => "trpc",
            Self::Nest => "nest",
            Self::Remix => "remix",
            Self::SvelteKit => "sveltekit",
        }
    }
}

/// One part of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Segment {
    /// Itself.
    Literal(String),
    /// Exactly one part: `[id]`, `:id`.
    Parameter(String),
    /// One part or more: `[...rest]`.
    Rest(String),
    /// Any number of parts, none among them: `[[...rest]]`, `*`.
    OptionalRest(String),
    /// Whatever a regular expression takes of the rest: `/^\/files\//i`, as it is written.
    Expression(String),
}

/// A path with holes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct RoutePath(pub(crate) Vec<Segment>);

impl fmt::Display for RoutePath {
    /// `/api/links/{id}/{rest+}`, whatever the framework writes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.0 {
            match segment {
                Segment::Literal(text) => write!(formatter, "/{text}")?,
                Segment::Parameter(name) => write!(formatter, "/{{{name}}}")?,
                Segment::Rest(name) => write!(formatter, "/{{{name}+}}")?,
                Segment::OptionalRest(name) => write!(formatter, "/{{{name}*}}")?,
                // Nobody compares it with another pattern.
                Segment::Expression(_) => formatter.write_str("/{pattern*}")?,
            }
        }
        if self.0.is_empty() { formatter.write_str("/") } else { Ok(()) }
    }
}

/// The method of a route that answers whatever it is asked with.
pub(crate) const ANY: &str = "ANY";

/// One method of one path.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) framework: Framework,
    pub(crate) path: RoutePath,
    /// `GET`, or [`ANY`]. Of a procedure `QUERY`, `MUTATION` or `SUBSCRIPTION`; of a server action `ACTION`.
    pub(crate) method: Name,
    /// Where the method is exported or registered: where a finding stands.
    pub(crate) place: At<Span>,
    pub(crate) handler: Handler,
    /// What a request passes before the handler, outermost first.
    pub(crate) layers: Vec<Layer>,
    /// Whether the handler serves several methods and tells them apart by the request's `method`.
    pub(crate) dispatches: bool,
    /// An object in which it tells its layers what it wants of them: `config` of Fastify.
    pub(crate) settings: Option<At<ExpressionId>>,
    /// The guard that the framework itself puts before it, as a policy would write it: `@medusajs/framework/http:authenticate`.
    pub(crate) built_in: Option<&'static str>,
}

impl Route {
    /// A route that nothing is known to stand before, and that has no more to say.
    pub(crate) fn new(
        framework: Framework,
        path: RoutePath,
        method: impl Into<Name>,
        place: At<Span>,
        handler: Handler,
    ) -> Self {
        Self {
            framework,
            path,
            method: method.into(),
            place,
            handler,
            layers: Vec::new(),
            dispatches: false,
            settings: None,
            built_in: None,
        }
    }
    /// The path as the framework's own users write it: `/api/links/[id]`, `/links/:id`.
    pub(crate) fn spelling(&self) -> String {
        use Framework::{NextApp, NextPages, SvelteKit, Vercel};
        let is_file = matches!(self.framework, NextApp | NextPages | SvelteKit | Vercel);
        let mut text = String::new();
        for segment in &self.path.0 {
            text.push('/');
            text.push_str(&match (segment, is_file) {
                (Segment::Literal(literal), _) => literal.clone(),
                (Segment::Expression(written), _) => format!("({written})"),
                (Segment::Parameter(name), true) => format!("[{name}]"),
                (Segment::Rest(name), true) => format!("[...{name}]"),
                (Segment::OptionalRest(name), true) => format!("[[...{name}]]"),
                (Segment::Parameter(name), false) => format!(":{name}"),
                (Segment::Rest(_) | Segment::OptionalRest(_), false) => "*".to_owned(),
            });
        }
        if text.is_empty() { "/".to_owned() } else { text }
    }
}

/// What answers.
#[derive(Debug, Clone)]
pub(crate) enum Handler {
    /// An expression of a file.
    Expression(At<ExpressionId>),
    /// A function of a file.
    Function(At<FunctionId>),
    /// What a file exports under a name.
    Export(FileId, Name),
    /// One property of an object: `fetch` of a default export.
    Property(At<ExpressionId>, Name),
    /// The framework itself, which has something to tell: the description of its routes.
    Framework,
}

/// What a request passes before the handler.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) kind: LayerKind,
    /// The middleware, the base of a builder, the decorator.
    pub(crate) value: At<ExpressionId>,
}

/// How near to the route a layer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LayerKind {
    /// Named where the route itself is: an argument of its registration, a decorator, the procedure it is built on.
    Route,
    /// Named for many routes at once: `app.use`, a hook of a plugin, a guard of the whole application.
    Router,
    /// A function that got the router itself, and puts before its routes what it likes: `withJwt(app)`.
    Setup,
}
