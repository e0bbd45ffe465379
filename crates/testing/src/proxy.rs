//! A TCP proxy in front of a server that fails at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// When a connection fails. The rule fires once for the whole proxy unless it is set anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Rule {
    /// Everything passes.
    #[default]
    Pass,
    /// Cuts after the client sent this many bytes on a connection; the rest does not reach the server.
    CutAfterClientBytes(usize),
    /// Cuts after the server sent this many bytes on a connection; the rest does not reach the client.
    CutAfterServerBytes(usize),
    /// Hands what the client sent to the server, and cuts as soon as the server answers, before the client hears of it.
    CutBeforeAnswerTo(Vec<u8>),
    /// Cuts before what the client sent reaches the server.
    CutBefore(Vec<u8>),
    /// Hands what the client sent to the server, and keeps the answer, and all that follows, for ever.
    StallAnswerTo(Vec<u8>),
}

impl Rule {
    /// [`Rule::CutBeforeAnswerTo`] a text, for example `COMMIT`.
    #[must_use]
    pub fn cut_before_answer_to(text: &str) -> Self {
        Self::CutBeforeAnswerTo(text.as_bytes().to_vec())
    }

    /// [`Rule::CutBefore`] a text.
    #[must_use]
    pub fn cut_before(text: &str) -> Self {
        Self::CutBefore(text.as_bytes().to_vec())
    }

    /// [`Rule::StallAnswerTo`] a text.
    #[must_use]
    pub fn stall_answer_to(text: &str) -> Self {
        Self::StallAnswerTo(text.as_bytes().to_vec())
    }
}

/// A proxy on 127.0.0.1; it takes no new connections after drop.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rule: Mutex<Rule>,
    fired: AtomicUsize,
    connections: AtomicUsize,
    closed: AtomicBool,
}

impl Proxy {
    /// Listens on a free port and forwards to this port of 127.0.0.1.
    #[must_use]
    pub fn start(target: u16, rule: Rule) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("the proxy's address").port();
        let shared = Arc::new(Shared {
            rule: Mutex::new(rule),
            fired: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        });
        let ours = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if ours.closed.load(Ordering::SeqCst) {
                    return;
                }
                ours.connections.fetch_add(1, Ordering::SeqCst);
                match TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], target))) {
                    Ok(server) => connect(client, server, &ours),
                    Err(_) => drop(client),
                }
            }
        });
        Self { port, shared }
    }

    /// The port to connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same URL, by way of the proxy.
    ///
    /// # Panics
    /// When the URL does not name this port after a colon.
    #[must_use]
    pub fn url(&self, url: &str, target: u16) -> String {
        let (from, to) = (format!(":{target}/"), format!(":{}/", self.port));
        assert!(url.contains(&from), "{url} does not go to port {target}");
        url.replace(&from, &to)
    }

    /// Sets the rule for all connections from now on, open ones too.
    pub fn set(&self, rule: Rule) {
        *self.shared.rule.lock().expect("the rule") = rule;
    }

    /// How often a rule has fired.
    #[must_use]
    pub fn fired(&self) -> usize {
        self.shared.fired.load(Ordering::SeqCst)
    }

    /// How many connections were taken.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// What one direction of a connection knows of the other.
#[derive(Debug, Default)]
struct Armed {
    cut: AtomicBool,
    stall: AtomicBool,
}

fn connect(client: TcpStream, server: TcpStream, shared: &Arc<Shared>) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let armed = Arc::new(Armed::default());
    let (Ok(client_copy), Ok(server_copy)) = (client.try_clone(), server.try_clone()) else { return };
    let (ours, theirs) = (Arc::clone(shared), Arc::clone(&armed));
    std::thread::spawn(move || from_client(client_copy, server_copy, &ours, &theirs));
    let ours = Arc::clone(shared);
    std::thread::spawn(move || from_server(server, client, &ours, &armed));
}

fn from_client(mut client: TcpStream, mut server: TcpStream, shared: &Shared, armed: &Armed) {
    let (mut buffer, mut total, mut tail) = ([0; 65536], 0_usize, Vec::new());
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let bytes = &buffer[..length];
        let mut rule = shared.rule.lock().expect("the rule");
        // A needle may be torn over two reads: so the end of the last one is looked at again.
        let needle_length = match &*rule {
            Rule::CutBeforeAnswerTo(needle) | Rule::CutBefore(needle) | Rule::StallAnswerTo(needle) => needle.len(),
            _ => 0,
        };
        tail.extend_from_slice(bytes);
        let seen = |needle: &[u8]| !needle.is_empty() && tail.windows(needle.len()).any(|window| window == needle);
        let mut cut_now = None;
        match &*rule {
            Rule::CutAfterClientBytes(limit) if total + length >= *limit => cut_now = Some(limit - total.min(*limit)),
            Rule::CutBefore(needle) if seen(needle) => cut_now = Some(0),
            Rule::CutBeforeAnswerTo(needle) if seen(needle) => armed.cut.store(true, Ordering::SeqCst),
            Rule::StallAnswerTo(needle) if seen(needle) => armed.stall.store(true, Ordering::SeqCst),
            _ => {}
        }
        if cut_now.is_some() || armed.cut.load(Ordering::SeqCst) || armed.stall.load(Ordering::SeqCst) {
            *rule = Rule::Pass;
        }
        drop(rule);
        total += length;
        let keep = needle_length.saturating_sub(1).min(tail.len());
        tail.drain(..tail.len() - keep);
        if let Some(passed) = cut_now {
            shared.fired.fetch_add(1, Ordering::SeqCst);
            let _ = server.write_all(&bytes[..passed]);
            break;
        }
        if server.write_all(bytes).is_err() {
            break;
        }
    }
    cut(&client, &server);
}

fn from_server(mut server: TcpStream, mut client: TcpStream, shared: &Shared, armed: &Armed) {
    let (mut buffer, mut total) = ([0; 65536], 0_usize);
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        if armed.cut.load(Ordering::SeqCst) {
            shared.fired.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if armed.stall.load(Ordering::SeqCst) {
            shared.fired.fetch_add(1, Ordering::SeqCst);
            while let Ok(1..) = server.read(&mut buffer) {}
            return;
        }
        let mut rule = shared.rule.lock().expect("the rule");
        let mut passed = length;
        if let Rule::CutAfterServerBytes(limit) = *rule
            && total + length >= limit
        {
            passed = limit.saturating_sub(total);
            *rule = Rule::Pass;
        }
        drop(rule);
        total += length;
        if client.write_all(&buffer[..passed]).is_err() {
            break;
        }
        if passed < length {
            shared.fired.fetch_add(1, Ordering::SeqCst);
            break;
        }
    }
    cut(&client, &server);
}

fn cut(client: &TcpStream, server: &TcpStream) {
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}

#[cfg(test)]
mod tests;
