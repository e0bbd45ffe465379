//! How a tool keeps migrations on disk.
