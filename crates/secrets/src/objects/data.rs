//! The bytes of one pack, read piece by piece: a pack that is mapped into memory counts as memory, and may be larger than that.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use gix::odb::pack::data::Entry;
use gix::odb::pack::index;
use gix::{hash, zlib};
use rayon::prelude::*;

use super::{GLANCE, LARGEST};

/// `PACK`, the version, the number of objects.
const HEAD: usize = 12;
/// The digest at the end.
const TAIL: u64 = 20;
/// The most bytes of the head of an entry: its size, and the place or the name of its base.
const ENTRY_HEAD: usize = 32;

/// A pack's file, and where its entries begin.
pub(super) struct Data {
    file: File,
    /// Where each entry begins, and its position in the index, in the order of the pack.
    order: Vec<(u64, u32)>,
    /// Where the last one ends.
    end: u64,
}

impl Data {
    /// Opens the pack at `path` that belongs to `index`.
    pub(super) fn open(path: &Path, index: &index::File) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let end = file.metadata().map_err(|error| error.to_string())?.len();
        if end < HEAD as u64 + TAIL {
            return Err("it is cut off".to_owned());
        }
        let mut head = [0; HEAD];
        file.read_exact_at(&mut head, 0).map_err(|_| "it is no pack".to_owned())?;
        let [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, count @ ..] = head else {
            return Err("it is no pack".to_owned());
        };
        if u32::from_be_bytes(count) != index.num_objects() {
            return Err("its index belongs to another pack".to_owned());
        }
        let mut order: Vec<(u64, u32)> =
            (0..index.num_objects()).map(|entry| (index.pack_offset_at_index(entry), entry)).collect();
        order.par_sort_unstable();
        Ok(Self { file, order, end: end.saturating_sub(TAIL) })
    }

    /// The positions of all entries, in the order of the pack.
    pub(super) fn entries(&self) -> impl Iterator<Item = u32> {
        self.order.iter().map(|(_, entry)| *entry)
    }

    /// The position of the entry that begins at `offset`.
    pub(super) fn position(&self, offset: u64) -> Option<u32> {
        let place = self.order.binary_search_by_key(&offset, |(offset, _)| *offset).ok()?;
        self.order.get(place).map(|(_, entry)| *entry)
    }

    /// The head of the entry that begins at `offset`.
    pub(super) fn entry(&self, offset: u64) -> Option<Entry> {
        let mut head = [0; ENTRY_HEAD];
        let length = self.length(offset)?.min(ENTRY_HEAD);
        let head = head.get_mut(..length)?;
        self.file.read_exact_at(head, offset).ok()?;
        Entry::from_bytes(head, offset, hash::Kind::Sha1).ok()
    }

    /// Unpacks what the entry at `offset` holds in place of what `content` held, and tells its head. `packed` is a room for its
    /// bytes.
    pub(super) fn unpack(
        &self,
        offset: u64,
        packed: &mut Vec<u8>,
        inflate: &mut zlib::Inflate,
        content: &mut Vec<u8>,
    ) -> Option<Entry> {
        let length = self.length(offset)?;
        let packed = self.read(offset, length, packed)?;
        let entry = Entry::from_bytes(packed, offset, hash::Kind::Sha1).ok()?;
        let size = usize::try_from(entry.decompressed_size).ok().filter(|size| *size <= LARGEST)?;
        let start = usize::try_from(entry.data_offset.checked_sub(offset)?).ok()?;
        // Every byte is written below; only new ones are filled first.
        content.resize(size, 0);
        inflate.reset();
        let (status, _, written) = inflate.once(packed.get(start..)?, content).ok()?;
        (status == zlib::Status::StreamEnd && written == size).then_some(entry)
    }

    /// Unpacks the first [`GLANCE`] bytes of an entry that rests on none and is several times as long, and tells how long it is.
    pub(super) fn glance(
        &self,
        offset: u64,
        packed: &mut Vec<u8>,
        inflate: &mut zlib::Inflate,
        content: &mut Vec<u8>,
    ) -> Option<u64> {
        // What does not get smaller by packing gets hardly larger.
        let length = self.length(offset)?.min(2 * GLANCE);
        let packed = self.read(offset, length, packed)?;
        let entry = Entry::from_bytes(packed, offset, hash::Kind::Sha1).ok()?;
        if entry.header.is_delta() || entry.decompressed_size < 4 * GLANCE as u64 {
            return None;
        }
        let start = usize::try_from(entry.data_offset.checked_sub(offset)?).ok()?;
        content.resize(GLANCE, 0);
        inflate.reset();
        let (_, _, written) = inflate.prefix(packed.get(start..)?, content).ok()?;
        (written == GLANCE).then_some(entry.decompressed_size)
    }

    fn read<'p>(&self, offset: u64, length: usize, packed: &'p mut Vec<u8>) -> Option<&'p [u8]> {
        if packed.len() < length {
            packed.resize(length, 0);
        }
        let packed = packed.get_mut(..length)?;
        self.file.read_exact_at(packed, offset).ok()?;
        Some(packed)
    }

    /// How many bytes the entry at `offset` takes.
    fn length(&self, offset: u64) -> Option<usize> {
        let after = self.order.partition_point(|(begin, _)| *begin <= offset);
        let end = self.order.get(after).map_or(self.end, |(end, _)| *end);
        // What is longer packed than it may be unpacked is damaged.
        usize::try_from(end.checked_sub(offset)?).ok().filter(|length| *length <= LARGEST + GLANCE)
    }
}
