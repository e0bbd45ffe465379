//! The table in which a tool records what it applied.
