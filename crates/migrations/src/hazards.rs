//! What a SQL statement may do to a running system.
