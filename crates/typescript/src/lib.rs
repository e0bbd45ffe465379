//! TypeScript and JavaScript as the rules of a repository see them: files, modules, exports and resolved imports.
//!
//! A file is parsed once; what is kept of it is a [`module::Module`], small and without lifetimes. The syntax tree that it was
//! made from is gone by then.

pub mod console;
pub mod development;
pub mod environment;
mod lower;
pub mod module;
pub mod parse;
pub mod program;
pub mod purpose;
pub mod resolve;
mod specifiers;
pub mod tree;
pub mod value;
