//! SIGINT and SIGTERM: the runner sends them when a job is cancelled, and gives 7.5 s before it kills.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Says whether the run was asked to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::warn!("asked to stop: rolling back");
            sender.send_replace(true);
            // Dropping the sender would end the wait of everybody who has not looked yet.
            std::future::pending::<()>().await;
        });
        Ok(Self(receiver))
    }

    /// Whether it was asked.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked.
    pub(crate) async fn asked(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
