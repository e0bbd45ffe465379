//! Answers that are asked for once, however many ask at the same time.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use crate::GitHubError;

/// One answer for each key. A failed question is not kept: the first failure ends the whole inquiry anyway.
pub(crate) struct Memo<T> {
    cells: Mutex<BTreeMap<String, Arc<OnceCell<Arc<T>>>>>,
}

impl<T> Memo<T> {
    pub(crate) fn new() -> Self {
        Self { cells: Mutex::new(BTreeMap::new()) }
    }

    /// The answer for `key`; `ask` runs only where nobody asked before, and who comes meanwhile waits for it.
    pub(crate) async fn get<F>(&self, key: &str, ask: F) -> Result<Arc<T>, GitHubError>
    where
        F: Future<Output = Result<T, GitHubError>>,
    {
        let cell = {
            let mut cells = self.cells.lock().await;
            Arc::clone(cells.entry(key.to_owned()).or_default())
        };
        cell.get_or_try_init(|| async { ask.await.map(Arc::new) }).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Memo;

    #[tokio::test]
    async fn a_key_is_asked_once_by_two_who_come_together() {
        let memo = Memo::new();
        let asked = AtomicUsize::new(0);
        let ask = || async {
            tokio::task::yield_now().await;
            Ok(asked.fetch_add(1, Ordering::SeqCst))
        };
        let (first, second) = tokio::join!(memo.get("7", ask()), memo.get("7", ask()));
        assert_eq!((*first.unwrap(), *second.unwrap()), (0, 0));
        assert_eq!(*memo.get("8", ask()).await.unwrap(), 1);
    }
}
