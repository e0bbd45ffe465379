mod containment;
mod oracle;
mod path_to_regexp;
