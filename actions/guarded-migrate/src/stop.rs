//! SIGINT and SIGTERM: the runner sends them when a job is cancelled, and gives 7.5 s before it kills.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::Instant;

/// Says whether the run was asked to stop, and when.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<Option<Instant>>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let (sender, receiver) = watch::channel(None);
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::warn!("asked to stop: rolling back");
            sender.send_replace(Some(Instant::now()));
            // Dropping the sender would end the wait of everybody who has not looked yet.
            std::future::pending::<()>().await;
        });
        Ok(Self(receiver))
    }

    /// For what a signal may simply end: it is never asked.
    pub(crate) fn never() -> Self {
        Self(watch::channel(None).1)
    }

    /// Whether it was asked.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until it is asked.
    pub(crate) async fn asked(&mut self) {
        if self.0.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until so much time has passed since it was asked.
    pub(crate) async fn asked_for(&mut self, time: Duration) {
        self.asked().await;
        let asked = *self.0.borrow();
        if let Some(asked) = asked {
            tokio::time::sleep_until(asked + time).await;
        }
    }
}
