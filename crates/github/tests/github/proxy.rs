//! Behind a company's proxy, with an authority of its own. The proxy is read from the environment, so that a program of
//! its own does the asking: this test program, started again for [`ask_behind_the_proxy`] alone.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use ops_github::{Client, Secret, Timing};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::stand_in::TOKEN;
use crate::world::sha;

const HOST: &str = "ghe.example";

#[tokio::test]
#[ignore = "the tests below start it, with a proxy in its environment"]
async fn ask_behind_the_proxy() {
    let timing = Timing { attempts: 1, ..Timing::default() };
    let address = std::env::var("GITHUB_API_URL").unwrap_or_else(|_| format!("https://{HOST}/api/v3"));
    let client = Client::with_timing(&address, Some(Secret::new(TOKEN)), "acme/shop", timing).unwrap();
    let error = client.approvals(&sha("change"), &["1.sql".to_owned()]).await.unwrap_err();
    eprintln!("ANSWER {error}");
}

/// What the client says of the proxy at `address`, trusting besides the bundled authorities only `authority`.
async fn ask(address: String, authority: Option<&Path>) -> String {
    let mut variables = vec![("HTTPS_PROXY", address)];
    variables.extend(authority.map(|path| ("SSL_CERT_FILE", path.display().to_string())));
    ask_with(variables).await
}

async fn ask_with(variables: Vec<(&'static str, String)>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxy::ask_behind_the_proxy", "--ignored", "--nocapture"]).env_clear().envs(variables);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    let (_, answer) = text.split_once("ANSWER ").expect(&text);
    answer.lines().next().unwrap().to_owned()
}

/// Reads up to the empty line that ends a request's head.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { break };
        read.push(byte);
    }
    String::from_utf8(read).unwrap()
}

/// A proxy whose tunnels all end at a server of that host, signed by an authority of its own; the file holds the authority.
/// Gives its port, and the heads of the two requests of one connection: to the proxy, and through it.
async fn proxy(authority: &Path) -> (u16, tokio::task::JoinHandle<(String, String)>) {
    let signed = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
    std::fs::write(authority, signed.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
    let configuration = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heads = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let connect = head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let Ok(mut stream) = TlsAcceptor::from(Arc::new(configuration)).accept(stream).await else {
            return (connect, "not trusted".to_owned());
        };
        let request = head(&mut stream).await;
        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 23\r\n\r\n{\"message\":\"here I am\"}";
        stream.write_all(answer).await.unwrap();
        stream.shutdown().await.unwrap();
        (connect, request)
    });
    (port, heads)
}

#[tokio::test]
async fn the_proxys_tunnel_and_the_machines_authorities_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    let (port, heads) = proxy(&authority).await;
    assert_eq!(
        ask(format!("http://127.0.0.1:{port}"), Some(&authority)).await,
        "find the commit that last changed \"1.sql\": GitHub answered 404 (here I am) to GET /repos/acme/shop/commits; check that it exists, and give the job `permissions: contents: read`"
    );
    let (connect, request) = heads.await.unwrap();
    assert!(connect.starts_with("CONNECT ghe.example:443 HTTP/1.1\r\n"), "{connect}");
    assert!(!connect.contains(TOKEN), "{connect}");
    let expected =
        format!("GET /api/v3/repos/acme/shop/commits?path=1.sql&sha={}&per_page=1 HTTP/1.1\r\n", sha("change"));
    assert!(request.starts_with(&expected), "{request}");
    assert!(request.contains(&format!("authorization: Bearer {TOKEN}\r\n")), "{request}");
}

#[tokio::test]
async fn an_authority_that_nobody_vouches_for_is_refused_before_the_token_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    let (port, heads) = proxy(&authority).await;
    let answer = ask(format!("http://127.0.0.1:{port}"), None).await;
    assert!(answer.contains(": no connection (") && answer.contains("invalid peer certificate"), "{answer}");
    assert_eq!(heads.await.unwrap().1, "not trusted");
}

#[tokio::test]
async fn a_proxys_password_goes_to_the_proxy_and_into_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let (port, heads) = proxy(&folder.path().join("authority.pem")).await;
    let answer = ask(format!("http://user:hunter2@127.0.0.1:{port}"), None).await;
    // "user:hunter2" in base64.
    let (connect, _) = heads.await.unwrap();
    assert!(connect.to_lowercase().contains("proxy-authorization: basic dxnlcjpodw50zxiy\r\n"), "{connect}");
    assert!(!answer.contains("hunter2") && !answer.contains("dXNlcjpodW50ZXIy"), "{answer}");

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let answer = ask(format!("http://user:hunter2@{closed}"), None).await;
    assert!(answer.contains(": no connection (") && !answer.contains("hunter2"), "{answer}");
}

#[tokio::test]
async fn this_machine_is_asked_without_the_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let (port, heads) = proxy(&folder.path().join("authority.pem")).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let answer = ask_with(vec![
        ("GITHUB_API_URL", format!("http://{closed}")),
        ("HTTP_PROXY", format!("http://127.0.0.1:{port}")),
        ("http_proxy", format!("http://127.0.0.1:{port}")),
    ])
    .await;
    assert!(answer.contains(": no connection ("), "{answer}");
    assert!(!heads.is_finished());
}
