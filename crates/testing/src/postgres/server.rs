//! One running server and the watchdog that ends it.

use std::fmt::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::binaries::{Account, Binaries};
use super::{Configure, PASSWORD, certificates, cluster};

/// Ends the server and removes its folder as soon as its standard input ends, which a dying test cannot prevent.
/// `$1` is the folder; the rest is the command.
const WATCHDOG: &str = r#"
folder=$1; shift
"$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
echo "$server" >"$folder/pid"
read -r order
kill -QUIT "$server" 2>/dev/null
wait "$server"
test "$order" = keep || rm -rf "$folder"
"#;

#[derive(Debug)]
pub(super) struct Server {
    binaries: Binaries,
    account: Account,
    configure: Configure,
    folder: PathBuf,
    port: u16,
    watchdog: Option<Child>,
}

impl Server {
    pub(super) fn start(binaries: Binaries, configure: Configure) -> Self {
        let account = Account::find();
        let binaries = binaries.reachable_by(account);
        let folder = tempfile::Builder::new().prefix("ops-pg-").tempdir().expect("a temporary folder").keep();
        if configure.ssl {
            certificates::write(&folder);
        }
        account.give(&folder);
        cluster::lay(&binaries, account, &folder.join("data"), configure.fresh_identity);
        let mut server = Self { binaries, account, configure, folder, port: 0, watchdog: None };
        server.write_access_rules();
        server.run();
        server
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn socket_folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self, database: &str) -> String {
        let password =
            if self.configure.password { format!(":{}", PASSWORD.replace(' ', "%20")) } else { String::new() };
        format!("postgres://postgres{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// Over the Unix socket, since TCP may ask for more than `psql` is given.
    pub(super) fn maintenance_url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/postgres", self.port)
    }

    fn write_access_rules(&self) {
        let method = if self.configure.password { "scram-sha-256" } else { "trust" };
        let kind = if self.configure.ssl { "hostssl" } else { "host" };
        let mut rules = "local all all trust\n".to_owned();
        for database in ["all", "replication"] {
            writeln!(rules, "{kind} {database} all 127.0.0.1/32 {method}").expect("a line");
        }
        let path = self.folder.join("data/pg_hba.conf");
        std::fs::write(path, rules).expect("pg_hba.conf");
    }

    /// Starts the server: at first on any free port, later on the same one.
    pub(super) fn run(&mut self) {
        let first = self.port == 0;
        for _ in 0..5 {
            if first {
                // Another process may take the port between this line and the server's start: hence the loop.
                self.port = TcpListener::bind("127.0.0.1:0")
                    .and_then(|socket| socket.local_addr())
                    .expect("a free port")
                    .port();
            }
            if self.try_run() {
                return;
            }
        }
        panic!(
            "PostgreSQL did not start; its log:\n{}",
            std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
        );
    }

    fn try_run(&mut self) -> bool {
        let status = self.folder.join("data/postmaster.pid");
        let _ = std::fs::remove_file(&status);
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", WATCHDOG, "watchdog"]).arg(&self.folder).args(self.account.prefix());
        watchdog.arg(self.binaries.path("postgres")).arg("-D").arg(self.folder.join("data"));
        let mut settings = vec![
            ("port".to_owned(), self.port.to_string()),
            ("listen_addresses".to_owned(), "127.0.0.1".to_owned()),
            ("unix_socket_directories".to_owned(), self.folder.display().to_string()),
            // The machine does not crash in a test, so nothing committed is lost without the waiting.
            ("fsync".to_owned(), "off".to_owned()),
            ("full_page_writes".to_owned(), "off".to_owned()),
            ("shared_buffers".to_owned(), "32MB".to_owned()),
        ];
        if self.configure.ssl {
            settings.push(("ssl".to_owned(), "on".to_owned()));
            for (setting, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
                settings.push((setting.to_owned(), self.folder.join(file).display().to_string()));
            }
        }
        settings.extend(self.configure.settings.iter().cloned());
        for (name, value) in settings {
            watchdog.arg("-c").arg(format!("{name}={value}"));
        }
        // A group of its own: what kills the test's group must not kill the watchdog before it has cleaned up.
        watchdog.process_group(0).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.watchdog = Some(watchdog.spawn().expect("sh"));
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            if text.lines().nth(7).is_some_and(|line| matches!(line.trim(), "ready" | "standby")) {
                return true;
            }
            if self.has_ended() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.end("keep\n");
        false
    }

    fn has_ended(&self) -> bool {
        let Ok(pid) = std::fs::read_to_string(self.folder.join("pid")) else {
            return false;
        };
        std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).map_or(true, |stat| stat.contains(") Z "))
    }

    pub(super) fn stop_immediately(&mut self) {
        self.end("keep\n");
    }

    fn end(&mut self, order: &str) {
        use std::io::Write as _;
        let Some(mut watchdog) = self.watchdog.take() else {
            return;
        };
        if let Some(mut input) = watchdog.stdin.take() {
            let _ = input.write_all(order.as_bytes());
        }
        let _ = watchdog.wait();
        let _ = std::fs::remove_file(self.folder.join("pid"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end("");
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
