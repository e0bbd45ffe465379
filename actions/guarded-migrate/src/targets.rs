//! The databases that a run is about: one, or those of many tenants.

use ops_core::exit::Failure;
use ops_database::DatabaseUrl;

use crate::situation::Inputs;

/// One database.
#[derive(Debug)]
pub(crate) struct Target {
    /// Its name among many, such as `TENANT_URLS/2`; empty where there is only one.
    pub(crate) name: String,
    /// Where it is; none where the variable is not set.
    pub(crate) url: Option<DatabaseUrl>,
}

/// The databases that the policy and the flags name. `only` picks one by its name.
pub(crate) fn resolve(inputs: &Inputs, only: Option<&str>) -> Result<Vec<Target>, Failure> {
    let names = &inputs.policy.migrations.targets;
    if names.is_empty() {
        if let Some(only) = only {
            return Err(Failure::Input(format!(
                "there is no target {only}: migrations.targets in the policy names none; leave --target away"
            )));
        }
        let variable = &inputs.environment.database_url;
        let url = inputs.variables.get(variable).map(|text| parse(inputs, variable, text)).transpose()?;
        return Ok(vec![Target { name: String::new(), url }]);
    }
    let mut targets = Vec::new();
    // All that is wrong is told at once, and before any database is touched.
    let mut wrong = Vec::new();
    for variable in names {
        let lines = urls(inputs.variables.get(variable).unwrap_or_default());
        if lines.is_empty() {
            wrong.push(format!("migrations.targets names {variable}, which holds no URL: set it to one URL a line"));
        }
        for (index, line) in lines.into_iter().enumerate() {
            let name = format!("{variable}/{}", index + 1);
            match DatabaseUrl::parse(line, &inputs.root) {
                Ok(url) => targets.push(Target { name, url: Some(url) }),
                Err(error) => wrong.push(format!("{name}: {error}")),
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Failure::Input(wrong.join("\n")));
    }
    if let Some(only) = only {
        let known = targets.iter().map(|target| target.name.clone()).collect::<Vec<_>>().join(", ");
        targets.retain(|target| target.name == only);
        if targets.is_empty() {
            return Err(Failure::Input(format!("there is no target {only}; there are {known}")));
        }
    }
    Ok(targets)
}

fn urls(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn parse(inputs: &Inputs, name: &str, text: &str) -> Result<DatabaseUrl, Failure> {
    DatabaseUrl::parse(text, &inputs.root).map_err(|error| Failure::Input(format!("{name}: {error}")))
}
