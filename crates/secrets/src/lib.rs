//! Secrets in files and in git history: rules, scanner, offline validation.
