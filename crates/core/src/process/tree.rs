//! The processes that a program started, found again wherever they went.
//!
//! A process group is left by whoever calls `setsid`, and a parent is lost by whoever forks twice. So on Linux three things are
//! looked at: the group, the parents (this process adopts what loses its own, see [`adopt`]), and a variable that every child
//! inherits. Elsewhere only the group is known.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rustix::process::{Pid, RawPid, Signal, kill_process, kill_process_group};
use tokio::time::sleep;

/// The variable by which the processes of one tree are known.
pub(super) const MARK: &str = "OPS_ACTIONS_TREE";
/// How long what was left behind may take to end by itself once it was told to.
const LAST_GRACE: Duration = Duration::from_millis(500);
/// How often is looked whether everything has ended, and how long is waited between two looks.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A mark of its own for what one program starts, which begins with that of this run.
pub(super) fn mark() -> std::io::Result<String> {
    Ok(format!("{}-{}", super::watch::run_mark(), crate::runner::commands::token()?))
}

/// Makes this process the parent of every descendant that loses its own, so that none gets out of sight. Linux only.
pub fn adopt() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
        tracing::debug!("cannot adopt what children leave behind: {error}");
    }
}

/// Ends everything that this process started and that is still there, and returns the names.
pub async fn end_descendants() -> Vec<String> {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    end(|processes| descendants(processes, |pid, _| pid == own, false)).await
}

/// Kills everything that a run started which is gone, by what begins its marks.
pub(super) fn kill_run(mark: &str) {
    let begin = format!("{MARK}={mark}-");
    let is_marked = |pid: RawPid| {
        environment(pid).is_some_and(|text| text.split(|byte| *byte == 0).any(|one| one.starts_with(begin.as_bytes())))
    };
    for _ in 0..LOOKS {
        let left = descendants(&processes(), |pid, _| is_marked(pid), true);
        if left.is_empty() {
            return;
        }
        left.keys().for_each(|pid| send(*pid, Signal::KILL));
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// What one program started.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    group: Option<RawPid>,
    /// The value of [`MARK`].
    mark: String,
}

impl Tree {
    pub(super) fn new(group: Option<RawPid>, mark: String) -> Self {
        Self { group, mark }
    }

    /// Sends a signal to every process of it.
    pub(super) fn signal(&self, signal: Signal) {
        if let Some(group) = self.group.and_then(Pid::from_raw) {
            // Fails only where nobody is left.
            let _ = kill_process_group(group, signal);
        }
        self.members(&processes()).keys().for_each(|pid| send(*pid, signal));
    }

    /// Whether anybody is left.
    pub(super) fn is_empty(&self) -> bool {
        self.members(&processes()).is_empty()
    }

    /// Ends what is left of it, and returns the names.
    pub(super) async fn end(&self) -> Vec<String> {
        end(|processes| self.members(processes)).await
    }

    /// Kills what is left of it, at once.
    pub(super) async fn kill(&self) {
        self.signal(Signal::KILL);
        kill(|processes| self.members(processes)).await;
    }

    fn members(&self, processes: &BTreeMap<RawPid, Process>) -> BTreeMap<RawPid, String> {
        let entry = format!("{MARK}={}", self.mark);
        let is_marked = |pid: RawPid| environment(pid).is_some_and(|text| has_entry(&text, entry.as_bytes()));
        let belongs = |pid: RawPid, process: &Process| Some(process.group) == self.group || is_marked(pid);
        descendants(processes, belongs, true)
    }
}

async fn end(members: impl Fn(&BTreeMap<RawPid, Process>) -> BTreeMap<RawPid, String>) -> Vec<String> {
    let first = members(&processes());
    if first.is_empty() {
        return Vec::new();
    }
    first.keys().for_each(|pid| send(*pid, Signal::TERM));
    let deadline = tokio::time::Instant::now() + LAST_GRACE;
    while tokio::time::Instant::now() < deadline && !members(&processes()).is_empty() {
        sleep(BETWEEN_LOOKS).await;
    }
    kill(members).await;
    first.into_values().collect()
}

/// Again and again, since what is killed may have started another just before.
async fn kill(members: impl Fn(&BTreeMap<RawPid, Process>) -> BTreeMap<RawPid, String>) {
    for _ in 0..LOOKS {
        let left = members(&processes());
        if left.is_empty() {
            return;
        }
        left.keys().for_each(|pid| send(*pid, Signal::KILL));
        sleep(BETWEEN_LOOKS).await;
    }
    tracing::warn!("some processes could not be ended");
}

fn send(pid: RawPid, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // Fails only where it has just ended.
        let _ = kill_process(pid, signal);
    }
}

struct Process {
    name: String,
    parent: RawPid,
    group: RawPid,
}

/// Those that `is_root` takes (with them only where `inclusive`), and all below them, with their names.
fn descendants(
    processes: &BTreeMap<RawPid, Process>,
    is_root: impl Fn(RawPid, &Process) -> bool,
    inclusive: bool,
) -> BTreeMap<RawPid, String> {
    let mut children: BTreeMap<RawPid, Vec<RawPid>> = BTreeMap::new();
    for (pid, process) in processes {
        children.entry(process.parent).or_default().push(*pid);
    }
    let roots = processes.iter().filter(|(pid, process)| is_root(**pid, process)).map(|(pid, _)| *pid);
    let roots: BTreeSet<RawPid> = roots.collect();
    let mut found: BTreeSet<RawPid> = BTreeSet::new();
    let mut open: Vec<RawPid> = roots.iter().copied().collect();
    while let Some(pid) = open.pop() {
        if found.insert(pid) {
            open.extend(children.get(&pid).into_iter().flatten());
        }
    }
    let wanted = found.into_iter().filter(|pid| inclusive || !roots.contains(pid));
    wanted.filter_map(|pid| processes.get(&pid).map(|process| (pid, process.name.clone()))).collect()
}

/// Every process that is not dead yet.
#[cfg(target_os = "linux")]
fn processes() -> BTreeMap<RawPid, Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return BTreeMap::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| {
        let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
        Some((pid, parse(&String::from_utf8_lossy(&stat))?))
    })
    .collect()
}

#[cfg(not(target_os = "linux"))]
fn processes() -> BTreeMap<RawPid, Process> {
    BTreeMap::new()
}

#[cfg(target_os = "linux")]
fn environment(pid: RawPid) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/environ")).ok()
}

#[cfg(not(target_os = "linux"))]
fn environment(_: RawPid) -> Option<Vec<u8>> {
    None
}

fn has_entry(environment: &[u8], entry: &[u8]) -> bool {
    environment.split(|byte| *byte == 0).any(|one| one == entry)
}

/// A line of `/proc/<pid>/stat`, proc(5): the number, the name in parentheses, the state, the parent and the group. None for
/// one that is dead.
fn parse(stat: &str) -> Option<Process> {
    let (start, rest) = stat.rsplit_once(')')?;
    let (_, name) = start.split_once('(')?;
    let mut words = rest.split_whitespace();
    let state = words.next()?;
    let parent = words.next()?.parse().ok()?;
    let group = words.next()?.parse().ok()?;
    (!matches!(state, "Z" | "X" | "x")).then(|| Process { name: name.to_owned(), parent, group })
}

#[cfg(test)]
mod tests {
    use super::{has_entry, parse};

    #[test]
    fn a_line_of_proc_is_read_whatever_the_name() {
        let process = parse("42 (a) b (c) S 7 40 40 0 -1 4194560").unwrap();
        assert_eq!((process.name.as_str(), process.parent), ("a) b (c", 7));
        assert_eq!(process.group, 40);
        assert!(parse("42 (a) Z 7 40 40").is_none(), "the dead need no end");
        assert!(parse("").is_none());
    }

    #[test]
    fn a_mark_is_a_whole_entry() {
        assert!(has_entry(b"A=1\0MARK=x\0", b"MARK=x"));
        assert!(!has_entry(b"A=MARK=x\0MARK=xy\0", b"MARK=x"));
    }
}
