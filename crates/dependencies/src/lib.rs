//! What a lockfile installs, and what is known to be vulnerable of it. Opens no connection.
