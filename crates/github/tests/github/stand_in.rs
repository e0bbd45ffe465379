//! Serves a [`World`] over HTTP, page by page, and keeps every request to hold it against the published description.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ops_github::{Client, Secret, Timing};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::openapi::Description;
use crate::world::World;

pub(crate) const TOKEN: &str = "ghs_never_to_be_shown";

/// An answer in place of the world's.
pub(crate) struct Fault {
    /// The method, a space, and a part of the address.
    pub(crate) on: String,
    /// How many such requests it lets through first.
    pub(crate) spare: usize,
    /// How often it strikes.
    pub(crate) times: usize,
    pub(crate) status: u16,
    /// Whether the request was carried out all the same: its answer was lost.
    pub(crate) carried_out: bool,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Value,
}

impl Fault {
    pub(crate) fn always(on: &str, status: u16) -> Self {
        Self {
            on: on.to_owned(),
            spare: 0,
            times: usize::MAX,
            status,
            carried_out: false,
            headers: Vec::new(),
            body: json!({ "message": "as the test wants it" }),
        }
    }

    pub(crate) fn once(on: &str, status: u16) -> Self {
        Self { times: 1, ..Self::always(on, status) }
    }
}

struct Recorded {
    method: String,
    address: String,
    path: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

#[derive(Default)]
struct State {
    world: World,
    faults: Vec<Fault>,
    requests: Vec<Recorded>,
}

#[derive(Clone)]
struct Answers {
    state: Arc<Mutex<State>>,
    base: &'static str,
}

pub(crate) struct StandIn {
    server: MockServer,
    answers: Answers,
}

impl StandIn {
    pub(crate) async fn github(world: World) -> Self {
        Self::at("", world).await
    }

    /// With everything below `base`, as on GitHub Enterprise Server.
    pub(crate) async fn at(base: &'static str, world: World) -> Self {
        let state = State { world, ..State::default() };
        let answers = Answers { state: Arc::new(Mutex::new(state)), base };
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answers.clone()).mount(&server).await;
        Self { server, answers }
    }

    pub(crate) fn client(&self) -> Client {
        self.client_through(&self.server.uri())
    }

    pub(crate) fn client_through(&self, address: &str) -> Client {
        let timing = Timing { retry: Duration::from_millis(1), ..Timing::default() };
        let address = format!("{address}{}", self.answers.base);
        Client::with_timing(&address, Some(Secret::new(TOKEN)), "acme/shop", timing).unwrap()
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        *self.server.address()
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.answers.state.lock().unwrap().faults.push(fault);
    }

    /// How many requests had this method and this in their address.
    pub(crate) fn count(&self, on: &str) -> usize {
        let (method, part) = on.split_once(' ').unwrap();
        let state = self.answers.state.lock().unwrap();
        state.requests.iter().filter(|request| request.method == method && request.address.contains(part)).count()
    }

    pub(crate) fn comments(&self) -> Vec<Value> {
        self.answers.state.lock().unwrap().world.comments.clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let Some(description) = Description::published() else {
            return;
        };
        let state = self.answers.state.lock().unwrap();
        assert!(!state.requests.is_empty(), "nothing was asked");
        for request in &state.requests {
            let problems = description.problems(&request.method, &request.path, &request.query, request.body.as_ref());
            assert!(problems.is_empty(), "{} {}: {problems:?}", request.method, request.address);
        }
    }
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
        assert_eq!(request.headers["accept"], "application/vnd.github+json");
        assert_eq!(request.headers["x-github-api-version"], "2022-11-28");
        let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().unwrap().into_owned();
        let below = request.url.path().strip_prefix(self.base).unwrap();
        let path: Vec<String> = below.trim_start_matches('/').split('/').map(decode).collect();
        let query: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
        let body = (!request.body.is_empty()).then(|| serde_json::from_slice(&request.body).unwrap());
        let method = request.method.to_string();
        let address = request.url.as_str().to_owned();

        let mut state = self.state.lock().unwrap();
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let below = parts.strip_prefix(&["repos", "acme", "shop"]).unwrap_or(&parts);
        let strikes = |fault: &mut Fault| {
            let (verb, part) = fault.on.split_once(' ').unwrap();
            if fault.times == 0 || method != verb || !address.contains(part) {
                return false;
            }
            let strikes = fault.spare == 0;
            fault.spare = fault.spare.saturating_sub(1);
            strikes
        };
        let fault = state.faults.iter_mut().find_map(|fault| {
            strikes(fault).then(|| {
                fault.times -= 1;
                (fault.status, fault.carried_out, fault.headers.clone(), fault.body.clone())
            })
        });
        let map: BTreeMap<String, String> = query.iter().cloned().collect();
        let mut answer = None;
        if fault.as_ref().is_none_or(|(_, carried_out, ..)| *carried_out) {
            answer = Some(state.world.answer(&method, below, &map, body.as_ref()));
        }
        state.requests.push(Recorded { method, address, path, query, body });
        if let Some((status, _, headers, body)) = fault {
            let template = ResponseTemplate::new(status).set_body_json(body);
            return headers.into_iter().fold(template, |template, (name, value)| template.insert_header(name, value));
        }
        let (status, body) = answer.unwrap();
        ResponseTemplate::new(status).set_body_json(page(body, &map))
    }
}

/// One page of a list; 30 items where none is asked for, as on GitHub.
fn page(body: Value, query: &BTreeMap<String, String>) -> Value {
    let Value::Array(items) = body else {
        return body;
    };
    let number = |name: &str, default: usize| query.get(name).map_or(default, |text| text.parse().unwrap());
    let (size, page) = (number("per_page", 30).min(100), number("page", 1));
    items.into_iter().skip(size * (page - 1)).take(size).collect()
}
