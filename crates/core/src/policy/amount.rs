//! Amounts as people write them: a whole number and a unit.

/// The amount in the smallest unit, `15min` as 900,000 where `min` is 60,000. None if there is no whole number, no such unit, or if
/// it is more than can be counted.
pub(super) fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())?;
    let (_, size) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*size)
}
