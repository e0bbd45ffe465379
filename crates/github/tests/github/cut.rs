//! A connection that loses the answer to a write after GitHub carried it out.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Listens on this machine and passes everything on to `server`, but closes the connection when the answer to the first
/// POST comes. Returns the address to ask.
pub(crate) async fn after_the_first_post(server: SocketAddr) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut cut = false;
        while let Ok((client, _)) = listener.accept().await {
            // One connection after the other is enough: the client keeps one open.
            cut = pass_on(client, server, cut).await;
        }
    });
    format!("http://{address}")
}

async fn pass_on(mut client: TcpStream, server: SocketAddr, already_cut: bool) -> bool {
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut question, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
    let mut posted = false;
    loop {
        tokio::select! {
            read = client.read(&mut question) => {
                let Ok(length @ 1..) = read else { return already_cut };
                posted |= question[..length].starts_with(b"POST");
                server.write_all(&question[..length]).await.unwrap();
            }
            read = server.read(&mut answer) => {
                let Ok(length @ 1..) = read else { return already_cut };
                if posted && !already_cut {
                    return true;
                }
                client.write_all(&answer[..length]).await.unwrap();
            }
        }
    }
}
