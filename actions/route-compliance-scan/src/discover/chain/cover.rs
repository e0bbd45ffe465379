//! Whether a middleware's path stands for all that a route's path stands for.

use super::path::{Part, Pattern};
use crate::routes::Segment;

impl Pattern {
    /// Whether every request for `route` is one for this pattern.
    pub(in super::super) fn covers(&self, route: &Self) -> bool {
        covers(&self.parts, &route.parts, self.is_prefix)
    }

    /// Whether a request for `route` can be one for this pattern.
    pub(in super::super) fn may_meet(&self, route: &Self) -> bool {
        may_meet(&self.parts, &route.parts, self.is_prefix)
    }
}

fn covers(pattern: &[Part], route: &[Part], is_prefix: bool) -> bool {
    let Some((first, others)) = pattern.split_first() else { return is_prefix || route.is_empty() };
    if !first.is_narrow {
        match first.segment {
            Segment::OptionalRest(_) if others.is_empty() => return true,
            Segment::Rest(_) if others.is_empty() => return route.iter().any(is_something),
            _ => {}
        }
    }
    let Some((asked, left)) = route.split_first() else { return false };
    let one = match (&first.segment, &asked.segment) {
        _ if first == asked => true,
        _ if first.is_narrow => false,
        (Segment::Literal(one), Segment::Literal(other)) => one == other,
        (Segment::Parameter(_), Segment::Literal(_) | Segment::Parameter(_)) => true,
        _ => false,
    };
    one && covers(others, left, is_prefix)
}

fn is_something(part: &Part) -> bool {
    !matches!(part.segment, Segment::OptionalRest(_) | Segment::Expression(_))
}

fn may_meet(pattern: &[Part], route: &[Part], is_prefix: bool) -> bool {
    match (pattern.split_first(), route.split_first()) {
        (None, _) => is_prefix || route.iter().all(|part| !is_something(part)),
        (Some(_), None) => pattern.iter().all(|part| !is_something(part)),
        (Some((one, others)), Some((other, left))) => match (&one.segment, &other.segment) {
            (Segment::Literal(one), Segment::Literal(other)) => one == other && may_meet(others, left, is_prefix),
            (Segment::Rest(_) | Segment::OptionalRest(_) | Segment::Expression(_), _)
            | (_, Segment::Rest(_) | Segment::OptionalRest(_) | Segment::Expression(_)) => true,
            _ => may_meet(others, left, is_prefix),
        },
    }
}
