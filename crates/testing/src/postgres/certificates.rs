//! A certificate authority of one hour's use, and a server certificate that it signed.

use std::path::Path;
use std::process::Command;

/// Writes `root.crt`, `server.crt` and `server.key` into `folder`. TLS clients refuse a certificate that is
/// its own authority, hence the two steps.
pub(super) fn write(folder: &Path) {
    std::fs::write(folder.join("extensions"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
        .unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl(
        folder,
        &[
            &[
                "req",
                "-x509",
                "-days",
                "3650",
                "-subj",
                "/CN=ops-testing authority",
                "-keyout",
                "root.key",
                "-out",
                "root.crt",
            ],
            &key[..],
        ]
        .concat(),
    );
    openssl(
        folder,
        &[&["req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"], &key[..]].concat(),
    );
    openssl(
        folder,
        &[
            "x509",
            "-req",
            "-days",
            "3650",
            "-in",
            "server.csr",
            "-CA",
            "root.crt",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-extfile",
            "extensions",
            "-out",
            "server.crt",
        ],
    );
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("openssl: install the package `openssl`");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
