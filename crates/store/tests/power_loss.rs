//! The power fails: of what was written to the files of SQLite, only what was synced is sure; of the rest the disk has
//! kept any part, in any order, and torn. What was acknowledged must be there all the same.
#![expect(
    unsafe_code,
    reason = "SQLite's file layer is a table of C functions, and three of them are put in between"
)]

use rusqlite::ffi;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;
use store::{Error, Place, Store, Tx};

const SECTOR: usize = 512;

/// What the disk has for sure, and what is only on its way.
#[derive(Default)]
struct Disk {
    sure: HashMap<String, Vec<u8>>,
    pending: Vec<(String, Change)>,
    open: HashMap<usize, String>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Truncate(size) => file.truncate(*size),
            Self::Write(at, bytes) => {
                let end = at + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*at..end].copy_from_slice(bytes);
            }
        }
    }
}

static DISK: OnceLock<Mutex<Disk>> = OnceLock::new();
static REAL: OnceLock<ffi::sqlite3_io_methods> = OnceLock::new();
static REAL_OPEN: OnceLock<Open> = OnceLock::new();

type Open = unsafe extern "C" fn(
    *mut ffi::sqlite3_vfs,
    *const c_char,
    *mut ffi::sqlite3_file,
    c_int,
    *mut c_int,
) -> c_int;

fn disk() -> MutexGuard<'static, Disk> {
    DISK.get_or_init(Mutex::default).lock().unwrap()
}

fn real() -> &'static ffi::sqlite3_io_methods {
    REAL.get().unwrap()
}

/// Notes a change of a file that is watched.
fn note(file: *mut ffi::sqlite3_file, change: impl FnOnce() -> Change) {
    let mut disk = disk();
    if let Some(path) = disk.open.get(&(file as usize)).cloned() {
        disk.pending.push((path, change()));
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    let (size, offset) = (usize::try_from(length).unwrap(), usize::try_from(at).unwrap());
    // SAFETY: SQLite hands over `length` bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), size) }.to_vec();
    note(file, || Change::Write(offset, bytes));
    // SAFETY: the arguments are passed on as they came.
    unsafe { real().xWrite.unwrap()(file, from, length, at) }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    note(file, || Change::Truncate(usize::try_from(size).unwrap()));
    // SAFETY: the arguments are passed on as they came.
    unsafe { real().xTruncate.unwrap()(file, size) }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    let mut disk = disk();
    if let Some(path) = disk.open.get(&(file as usize)).cloned() {
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut disk.pending).into_iter().partition(|(p, _)| *p == path);
        disk.pending = others;
        let sure = disk.sure.entry(path).or_default();
        own.iter().for_each(|(_, change)| change.apply(sure));
    }
    drop(disk);
    // SAFETY: the arguments are passed on as they came.
    unsafe { real().xSync.unwrap()(file, flags) }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the arguments are passed on as they came.
    let answer = unsafe { REAL_OPEN.get().unwrap()(vfs, name, file, flags, out) };
    // Another file may have lain at this address.
    disk().open.remove(&(file as usize));
    if answer == ffi::SQLITE_OK && flags & (ffi::SQLITE_OPEN_MAIN_DB | ffi::SQLITE_OPEN_WAL) != 0 {
        // SAFETY: an opened file has a name that ends in zero, and a table of methods.
        let (path, methods) =
            unsafe { (CStr::from_ptr(name).to_string_lossy().into_owned(), *(*file).pMethods) };
        REAL.get_or_init(|| methods);
        // A database and its log have different tables, in which these three are the same.
        let own = Box::leak(Box::new(ffi::sqlite3_io_methods {
            xWrite: Some(write),
            xTruncate: Some(truncate),
            xSync: Some(sync),
            ..methods
        }));
        disk().open.insert(file as usize, path);
        // SAFETY: the table lives as long as the program.
        unsafe { (*file).pMethods = own };
    }
    answer
}

/// From here on every database file goes through the layer; `plain` is the way around it.
fn watch() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        // SAFETY: the table found is SQLite's own and lives as long as the program; the copy is leaked.
        unsafe {
            let base = ffi::sqlite3_vfs_find(std::ptr::null());
            REAL_OPEN.get_or_init(|| (*base).xOpen.unwrap());
            let own = ffi::sqlite3_vfs {
                zName: c"lossy".as_ptr(),
                xOpen: Some(open),
                pNext: std::ptr::null_mut(),
                ..*base
            };
            assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(own)), 1), ffi::SQLITE_OK);
        }
    });
}

/// Knuth's generator; the same for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What of the files below `folder` may be on the disk after the power has failed now.
fn after_power_loss(folder: &Path, dice: &mut Dice) -> HashMap<String, Vec<u8>> {
    let disk = disk();
    let own = |path: &String| path.starts_with(&*folder.to_string_lossy());
    let mut files: HashMap<String, Vec<u8>> =
        disk.sure.iter().filter(|(p, _)| own(p)).map(|(p, b)| (p.clone(), b.clone())).collect();
    let kept_most = dice.throw(4);
    for (path, change) in disk.pending.iter().filter(|(p, _)| own(p)) {
        let mut change = change.clone();
        if dice.throw(4) >= kept_most {
            continue;
        }
        if let Change::Write(_, bytes) = &mut change
            && dice.throw(3) == 0
        {
            let sectors = u64::try_from(bytes.len() / SECTOR).unwrap() + 1;
            bytes.truncate(SECTOR * usize::try_from(dice.throw(sectors)).unwrap());
        }
        change.apply(files.entry(path.clone()).or_default());
    }
    files
}

/// The numbers that are found in both tables after the machine has started anew.
fn found(files: &HashMap<String, Vec<u8>>, folder: &Path, dice: u64) -> Vec<i64> {
    let anew = folder.with_extension(format!("after-{dice}"));
    std::fs::create_dir_all(&anew).unwrap();
    for (path, bytes) in files {
        std::fs::write(anew.join(Path::new(path).file_name().unwrap()), bytes).unwrap();
    }
    let flags = rusqlite::OpenFlags::default();
    let plain =
        rusqlite::Connection::open_with_flags_and_vfs(anew.join("celota.db"), flags, c"unix").unwrap();
    let whole: String = plain.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(whole, "ok");
    let all = |table: &str| -> Vec<i64> {
        let mut statement = plain.prepare(&format!("SELECT n FROM {table} ORDER BY n")).unwrap();
        statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let (left, right) = (all("a"), all("b"));
    assert_eq!(left, right, "nothing is half there");
    drop(plain);
    std::fs::remove_dir_all(&anew).unwrap();
    left
}

fn own_folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("celota-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    folder
}

#[test]
fn what_was_acknowledged_survives() {
    watch();
    let folder = own_folder("power");
    let store = Store::open(&Place::Folder(folder.clone())).unwrap();
    store
        .write(|tx: &mut Tx| {
            tx.batch("CREATE TABLE a (n INTEGER, t TEXT) STRICT; CREATE TABLE b (n INTEGER, t TEXT) STRICT")
        })
        .unwrap();
    let (acknowledged, next, stop) = (Mutex::new(Vec::new()), AtomicI64::new(0), AtomicBool::new(false));
    let mut dice = Dice(1);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(SeqCst) {
                    let n = next.fetch_add(1, SeqCst);
                    let row = vec![vec![n.into(), "x".repeat(700).into()]];
                    store
                        .write(move |tx: &mut Tx| -> Result<(), Error> {
                            tx.insert("a", &["n", "t"], &row)?;
                            tx.insert("b", &["n", "t"], &row)
                        })
                        .unwrap();
                    acknowledged.lock().unwrap().push(n);
                }
            });
        }
        for round in 0..150 {
            std::thread::sleep(Duration::from_micros(dice.throw(12_000)));
            let sure: Vec<i64> = acknowledged.lock().unwrap().clone();
            let files = after_power_loss(&folder, &mut dice);
            let there = found(&files, &folder, round);
            for n in &sure {
                assert!(there.binary_search(n).is_ok(), "round {round}: {n} was acknowledged and is gone");
            }
        }
        stop.store(true, SeqCst);
    });
    println!("{} acknowledged, 150 times without power", acknowledged.lock().unwrap().len());
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn without_syncing_it_would_be_lost() {
    watch();
    let folder = own_folder("unsynced");
    std::fs::create_dir_all(&folder).unwrap();
    let careless = rusqlite::Connection::open(folder.join("celota.db")).unwrap();
    careless.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER); PRAGMA synchronous=NORMAL").unwrap();
    for n in 0..20 {
        careless
            .execute_batch(&format!("BEGIN; INSERT INTO a VALUES ({n}); INSERT INTO b VALUES ({n}); COMMIT"))
            .unwrap();
    }
    let there = found(&after_power_loss(&folder, &mut Dice(5)), &folder, 0);
    assert!(there.len() < 20, "the layer drops what was not synced");
    drop(careless);
    std::fs::remove_dir_all(&folder).unwrap();
}
