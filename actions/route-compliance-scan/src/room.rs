//! The threads that all work is done on.

use ops_typescript::parse;

/// Does work on threads that have room for parsing. Within such work they are those that it is done on already, with all the memory
/// that they have for parsing.
pub(crate) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if rayon::current_thread_index().is_some() { work() } else { parse::with_room(work) }
}
