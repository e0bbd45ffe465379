//! Which reviews stand.

use std::collections::BTreeMap;

use super::answers::Review;

/// A review that approves, is its author's latest word, and may count if the file is still what was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Approval {
    pub(super) login: String,
    /// The pull request's head when the review was given.
    pub(super) commit: String,
}

/// The standing approvals of people other than the pull request's `author`, by login. `reviews` come oldest first.
///
/// A comment does not change what its author said before; a dismissed review takes the approval back, and so does a
/// request for changes. Words that GitHub may add to its states later count as taken back.
pub(super) fn standing(reviews: &[Review], author: &str) -> Vec<Approval> {
    let mut latest: BTreeMap<String, &Review> = BTreeMap::new();
    for review in reviews {
        let Some(user) = review.user.as_ref().filter(|user| user.is_person()) else {
            continue;
        };
        if !matches!(review.state.as_str(), "COMMENTED" | "PENDING") {
            latest.insert(user.login.to_lowercase(), review);
        }
    }
    latest
        .into_values()
        .filter(|review| review.state == "APPROVED")
        .filter_map(|review| {
            let login = review.user.as_ref()?.login.clone();
            let commit = review.commit_id.clone()?;
            (!login.eq_ignore_ascii_case(author)).then_some(Approval { login, commit })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Review, standing};

    fn reviews(given: &[(&str, &str)]) -> Vec<Review> {
        given
            .iter()
            .map(|(login, state)| {
                let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
                review(json!({ "login": login, "type": kind }), state, json!("c1"))
            })
            .collect()
    }

    fn review(user: Value, state: &str, commit: Value) -> Review {
        serde_json::from_value(json!({ "user": user, "state": state, "commit_id": commit })).unwrap()
    }

    fn approvers(given: &[(&str, &str)]) -> Vec<String> {
        standing(&reviews(given), "ann").into_iter().map(|approval| approval.login).collect()
    }

    #[test]
    fn an_approval_by_another_person_stands_and_comments_after_it_change_nothing() {
        assert_eq!(approvers(&[("Bob", "APPROVED"), ("Bob", "COMMENTED"), ("Bob", "PENDING")]), ["Bob"]);
    }

    #[test]
    fn the_latest_word_counts() {
        assert_eq!(approvers(&[("bob", "CHANGES_REQUESTED"), ("Bob", "APPROVED")]), ["Bob"]);
        assert!(approvers(&[("bob", "APPROVED"), ("bob", "CHANGES_REQUESTED")]).is_empty());
        assert!(approvers(&[("bob", "APPROVED"), ("bob", "DISMISSED")]).is_empty());
        assert!(approvers(&[("bob", "APPROVED"), ("bob", "RETHOUGHT")]).is_empty());
    }

    #[test]
    fn the_author_and_bots_and_lost_accounts_and_lost_commits_do_not_count() {
        assert!(approvers(&[("Ann", "APPROVED"), ("renovate[bot]", "APPROVED")]).is_empty());
        let gone = review(Value::Null, "APPROVED", json!("c1"));
        let app = review(json!({ "login": "robot", "type": "Bot" }), "APPROVED", json!("c1"));
        let lost = review(json!({ "login": "bob", "type": "User" }), "APPROVED", Value::Null);
        assert!(standing(&[gone, app, lost], "ann").is_empty());
    }

    proptest! {
        #[test]
        fn whoever_stands_said_so_last(words in proptest::collection::vec((0_usize..3, 0_usize..4), 0..20)) {
            let states = ["APPROVED", "CHANGES_REQUESTED", "DISMISSED", "COMMENTED"];
            let given: Vec<(&str, &str)> = words.iter().map(|(who, what)| (["ann", "bob", "cid"][*who], states[*what])).collect();
            let expected: Vec<&str> = ["bob", "cid"]
                .into_iter()
                .filter(|who| given.iter().rfind(|(login, state)| login == who && *state != "COMMENTED").is_some_and(|(_, state)| *state == "APPROVED"))
                .collect();
            prop_assert_eq!(approvers(&given), expected);
        }
    }
}
