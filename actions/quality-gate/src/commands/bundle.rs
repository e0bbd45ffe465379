//! How large what a gate builds is: files shown to be of this run, as they are and packed.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ops_core::policy::{Bundle, BundleLimit, Bytes};
use rayon::prelude::*;
use zlib_rs::{Deflate, DeflateFlush, Status};

use super::Problem;
use super::reports::{Before, find_all, instead};

/// What gzip writes around what it packs, in bytes (RFC 1952): 10 before, without a name, and 8 after.
const AROUND: u64 = 18;
/// gzip's best level.
const LEVEL: i32 = 9;
/// The base-two logarithm of gzip's window.
const WINDOW: u8 = 15;

/// How the files were before the gate began.
pub(super) struct Begun<'p> {
    limits: &'p Bundle,
    before: Before,
}

/// The files of a pattern, weighed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Weighed {
    pub(crate) pattern: String,
    pub(crate) limit: BundleLimit,
    /// Or why they could not be weighed.
    pub(crate) weight: Result<Weight, Problem>,
}

/// How much files weigh together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) raw: Bytes,
    /// Known where there is a limit to it.
    pub(crate) gzip: Option<Bytes>,
    /// The largest of them, by what the limit is about.
    pub(crate) largest: String,
}

impl<'p> Begun<'p> {
    /// Looks at the files that are there already.
    pub(super) fn look(root: &Path, limits: &'p Bundle) -> Self {
        let patterns: Vec<String> = limits.keys().cloned().collect();
        Self { limits, before: Before::look(root, &patterns) }
    }

    /// Weighs the files of each pattern.
    pub(super) fn weigh(&self, root: &Path) -> Vec<Weighed> {
        let of = |(pattern, limit): (&String, &BundleLimit)| {
            let weight = self.weight(root, pattern, *limit);
            let weight = weight.map_err(|(reason, next)| Problem { reason, next: next.to_owned() });
            Weighed { pattern: pattern.clone(), limit: *limit, weight }
        };
        self.limits.iter().map(of).collect()
    }

    fn weight(&self, root: &Path, pattern: &str, limit: BundleLimit) -> Result<Weight, (String, &'static str)> {
        let (files, is_whole) = find_all(root, pattern);
        if !is_whole {
            let reason = format!("not everything could be looked at for `{pattern}`");
            return Err((
                reason,
                "name its folder in `bundle` before the first wildcard; links to folders are not followed",
            ));
        }
        if files.is_empty() {
            let reason = format!("it built nothing that fits `{pattern}`{}", instead(root, pattern));
            return Err((reason, "correct the pattern in `bundle`, or let the program build it"));
        }
        let name = |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
        let one = |path: &PathBuf| {
            let unreadable = |error: std::io::Error| {
                (format!("`{}` cannot be read: {error}", name(path)), "let the program build files that can be read")
            };
            let file = std::fs::metadata(path).map_err(unreadable)?;
            if self.before.is_old(path, &file) {
                let reason = format!("`{}` is older than this run", name(path));
                return Err((reason, "let the program empty its folder first, and build all of it anew"));
            }
            let gzip = limit.gzip.map(|_| packed(path)).transpose().map_err(unreadable)?;
            Ok((file.len(), gzip))
        };
        let sizes: Vec<(u64, Option<u64>)> = files.par_iter().map(one).collect::<Result<_, _>>()?;
        let largest = files.iter().zip(&sizes).max_by_key(|(_, (raw, gzip))| gzip.unwrap_or(*raw));
        Ok(Weight {
            raw: sizes.iter().map(|(raw, _)| raw).sum::<u64>().into(),
            gzip: limit.gzip.map(|_| sizes.iter().filter_map(|(_, gzip)| *gzip).sum::<u64>().into()),
            largest: largest.map(|(path, _)| name(path)).unwrap_or_default(),
        })
    }
}

/// How large a file is once gzip has packed it, in bytes.
fn packed(path: &Path) -> std::io::Result<u64> {
    let mut file = File::open(path)?;
    let mut deflate = Deflate::new(LEVEL, false, WINDOW);
    let (mut input, mut output) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut input)?;
        let flush = if read == 0 { DeflateFlush::Finish } else { DeflateFlush::NoFlush };
        let mut rest = input.get(..read).unwrap_or_default();
        loop {
            let before = deflate.total_in();
            let status = deflate.compress(rest, &mut output, flush).map_err(|error| failed(error.as_str()))?;
            let taken = usize::try_from(deflate.total_in() - before).unwrap_or(usize::MAX);
            rest = rest.get(taken..).unwrap_or_default();
            match status {
                Status::StreamEnd => return Ok(deflate.total_out() + AROUND),
                Status::Ok if !rest.is_empty() || read == 0 => {}
                _ if rest.is_empty() && read > 0 => break,
                _ => return Err(failed("it makes no progress")),
            }
        }
    }
}

fn failed(reason: &str) -> std::io::Error {
    std::io::Error::other(format!("it cannot be packed: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::packed;

    /// As `gzip -9` has it, to 2 %: what is packed may be packed in several ways.
    #[test]
    fn a_file_is_packed_as_gzip_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        for (text, gzip) in [
            (String::new(), 20),
            ("x".to_owned(), 21),
            ("export const answer = 42;\n".repeat(20_000), 1_326),
            ((0..60_000_u32).map(|number| format!("{};", number.wrapping_mul(2_654_435_761))).collect(), 314_115),
        ] {
            std::fs::write(&path, &text).unwrap();
            let size = packed(&path).unwrap();
            assert!(size.abs_diff(gzip) * 50 <= gzip.max(50), "{} bytes: {size} and not {gzip}", text.len());
        }
    }
}
