//! Answers that are worked out once, though a question may lead back to itself.

use std::cell::Cell;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, ThreadId};

use rustc_hash::FxHashMap;

thread_local! {
    /// How many questions this thread works on.
    static OPEN: Cell<usize> = const { Cell::new(0) };
    /// The outermost of them that one in it led back to.
    static BACK: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Lets none of the questions that this thread works on be remembered.
pub(super) fn forget() {
    BACK.set(0);
}

/// What was found out, for all threads. An answer that another question's being open had a say in is not kept, so that no answer
/// depends on who asked first.
#[derive(Debug)]
pub(super) struct Memory<K, V> {
    known: RwLock<FxHashMap<K, V>>,
    open: Mutex<FxHashMap<(ThreadId, K), usize>>,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self { known: RwLock::default(), open: Mutex::default() }
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Memory<K, V> {
    /// What is known of `key`, or else what `work` finds out. Where that leads back to the same question, it is told `circle`.
    pub(super) fn ask(&self, key: K, circle: impl FnOnce() -> V, work: impl FnOnce() -> V) -> V {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let here = (thread::current().id(), key);
        if let Some(depth) = lock(&self.open).get(&here) {
            BACK.set(BACK.get().min(*depth));
            return circle();
        }
        let depth = OPEN.get();
        OPEN.set(depth + 1);
        let before = BACK.replace(usize::MAX);
        lock(&self.open).insert(here, depth);
        let answer = work();
        lock(&self.open).remove(&here);
        OPEN.set(depth);
        let back = BACK.get();
        if back == usize::MAX {
            self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
        }
        // What led back to this question says nothing of those around it.
        BACK.set(if back < depth { before.min(back) } else { before });
        answer
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Memory;

    #[test]
    fn an_answer_is_worked_out_once() {
        let (memory, asked) = (Memory::default(), Cell::new(0));
        let ask = || memory.ask("one", || 0, || asked.replace(asked.get() + 1) + 7);
        assert_eq!((ask(), ask(), asked.get()), (7, 7, 1));
    }

    #[test]
    fn a_question_that_leads_back_to_itself_is_told_so() {
        let memory = Memory::default();
        let answer = memory.ask("one", || 0, || 1 + memory.ask("two", || 0, || 10 + memory.ask("one", || 100, || 0)));
        assert_eq!(answer, 111);
    }

    #[test]
    fn what_an_open_question_had_a_say_in_is_not_kept() {
        let memory = Memory::default();
        memory.ask("one", || 0, || memory.ask("two", || 0, || memory.ask("one", || 100, || 0)));
        assert_eq!(memory.ask("two", || 0, || 5), 5);
        assert_eq!(memory.ask("one", || 0, || 6), 6);
    }

    #[test]
    fn what_no_open_question_had_a_say_in_is_kept_within_one() {
        let memory = Memory::default();
        memory.ask("one", || 0, || memory.ask("two", || 0, || 1) + memory.ask("one", || 100, || 0));
        assert_eq!(memory.ask("two", || 0, || 5), 1);
        memory.ask("around", || 0, || memory.ask("one", || 0, || memory.ask("one", || 100, || 0)));
        assert_eq!(memory.ask("around", || 0, || 5), 100);
    }
}
