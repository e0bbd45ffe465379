//! How surprising a text is.

/// The Shannon entropy of `text` in bits per byte: 0 for one byte repeated, at most 8.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "no text is so long that it matters")]
pub fn shannon_entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = text.len() as f64;
    counts.iter().filter(|count| **count > 0).fold(0.0, |sum, count| {
        let share = f64::from(*count) / length;
        share.mul_add(-share.log2(), sum)
    })
}

#[cfg(test)]
mod tests {
    use super::shannon_entropy;

    #[test]
    fn entropy_is_counted_in_bits() {
        for (text, bits) in [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("01234567", 3.0)] {
            assert!((shannon_entropy(text.as_bytes()) - bits).abs() < 1e-9, "{text}");
        }
    }
}
