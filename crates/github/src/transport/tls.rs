//! Which certificates are trusted.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::GitHubError;

/// TLS by rustls with ring, the same that the database connections use. Trusts the bundled roots (an empty container has
/// none of its own) and the machine's (a company's proxy or GitHub Enterprise Server has its own), where `SSL_CERT_FILE`
/// and `SSL_CERT_DIR` say so or the system keeps them. The machine's are read only where `https` is spoken.
pub(super) fn configuration(https: bool) -> Result<ClientConfig, GitHubError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if https {
        // A machine without certificates, or with a broken one among them, still has the bundled ones.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| GitHubError::Setup { reason: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(configuration)
}
