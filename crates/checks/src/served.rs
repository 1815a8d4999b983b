//! The real binary as a process of its own: started, stopped, killed.

use crate::http::Client;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The binary that is tested: named by `CELOTA_BIN`, or beside the test.
#[must_use]
pub fn binary() -> PathBuf {
    let named = std::env::var_os("CELOTA_BIN").map(PathBuf::from);
    let own = std::env::current_exe().expect("the test's own path");
    let beside = own.ancestors().nth(2).map(|f| f.join("celota"));
    let found = named.or(beside).expect("a folder above the test");
    assert!(found.exists(), "{} is not built: cargo build -p celota", found.display());
    found
}

/// Where a served firm keeps its data.
#[derive(Clone, Debug)]
pub struct Home {
    pub folder: PathBuf,
    pub database: Option<String>,
}

impl Home {
    /// A home in a folder, and one on the server that `CELOTA_TEST_POSTGRES` names.
    #[must_use]
    pub fn each(name: &str) -> Vec<Self> {
        let mut homes = vec![Self { folder: own_folder(name), database: None }];
        match std::env::var("CELOTA_TEST_POSTGRES") {
            Ok(admin) => {
                let own = format!("celota_{}_{}", name.replace('-', "_"), std::process::id());
                let mut server =
                    postgres::Client::connect(&admin, postgres::NoTls).expect("the test server answers");
                server
                    .batch_execute(&format!("CREATE DATABASE {own} TEMPLATE template0 ENCODING 'UTF8'"))
                    .expect("a database of its own");
                let (server, _) = admin.rsplit_once('/').expect("a URL with a database");
                let folder = own_folder(&format!("{name}-postgres"));
                homes.push(Self { folder, database: Some(format!("{server}/{own}")) });
            }
            Err(_) => println!("skipped on PostgreSQL: CELOTA_TEST_POSTGRES names no server"),
        }
        homes
    }

    /// Leaves nothing of it.
    pub fn remove(&self) {
        remove(&self.folder);
        let admin = std::env::var("CELOTA_TEST_POSTGRES").ok();
        if let (Some(admin), Some((_, own))) =
            (admin, self.database.as_ref().and_then(|url| url.rsplit_once('/')))
            && let Ok(mut server) = postgres::Client::connect(&admin, postgres::NoTls)
        {
            drop(server.batch_execute(&format!("DROP DATABASE IF EXISTS {own} WITH (FORCE)")));
        }
    }

    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .arg("--data")
            .arg(&self.folder)
            .args(arguments)
            .env_remove("CELOTA_DATABASE")
            .env("RUST_LOG", "warn");
        if let Some(url) = &self.database {
            command.arg("--database").arg(url);
        }
        command
    }

    /// Runs a command of the command line to its end.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// An empty firm with one user: ana, `correct-horse`.
    pub fn init(&self) {
        let out = self.run(&[
            "init",
            "--company",
            "Mizarstvo d.o.o.",
            "--login",
            "ana",
            "--password",
            "correct-horse",
        ]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    /// What must always be true is.
    pub fn check(&self) {
        let out = self.run(&["check"]);
        assert!(
            out.status.success(),
            "{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
}

/// A running server.
pub struct Served {
    child: Child,
    pub port: u16,
    log: PathBuf,
}

impl Served {
    /// Starts it and waits until it answers.
    #[must_use]
    pub fn start(home: &Home) -> Self {
        Self::start_with(home, &[])
    }

    /// As [`Self::start`], with more options of `serve`.
    #[must_use]
    pub fn start_with(home: &Home, options: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a free port")
            .port();
        let log = home.folder.with_extension("log");
        let to = File::options().create(true).append(true).open(&log).expect("a log");
        let child = home
            .command(&["serve", "--address", &format!("127.0.0.1:{port}")])
            .args(options)
            .stderr(Stdio::from(to))
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut served = Self { child, port, log };
        let begun = Instant::now();
        while !served.client().get("/health").is_ok_and(|a| a.status == 200) {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not answer: {}", served.log());
            assert!(matches!(served.child.try_wait(), Ok(None)), "it ended: {}", served.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        served
    }

    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// What it has said so far on standard error.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGKILL: not one instruction more.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM; answers whether it ended well within so many seconds.
    #[must_use]
    pub fn stop(mut self, seconds: u64) -> bool {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|s| s.success()), "SIGTERM is sent");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(seconds) {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ended already, or of no use any more.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A folder of its own, empty.
#[must_use]
pub fn own_folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("celota-{name}-{}", std::process::id()));
    remove(&folder);
    folder
}

/// Leaves nothing of it.
pub fn remove(folder: &Path) {
    drop(std::fs::remove_dir_all(folder));
    drop(std::fs::remove_file(folder.with_extension("log")));
}

/// A PostgreSQL server of one's own, synced to the disk, that may be stopped as by a crash.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// `None` where no PostgreSQL is installed.
    #[must_use]
    pub fn start(name: &str) -> Option<Self> {
        let mut versions: Vec<PathBuf> =
            std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
        versions.sort();
        let bin = versions.pop().filter(|b| b.join("initdb").exists())?;
        let folder = own_folder(name);
        std::fs::create_dir_all(&folder).ok()?;
        if is_root() {
            // PostgreSQL refuses to run as root.
            assert!(Command::new("chown").arg("postgres").arg(&folder).status().is_ok_and(|s| s.success()));
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).ok()?.port();
        let server = Self { bin, folder, port };
        server.run("initdb", &["-U", "celota", "--auth=trust", "-E", "UTF8", "--no-locale"]);
        server.begin();
        Some(server)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let ended = command
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(arguments)
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(ended.is_ok_and(|s| s.success()), "{arguments:?}");
    }

    pub fn begin(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={}",
            self.port,
            self.folder.display()
        );
        let log = self.folder.join("log");
        self.run("pg_ctl", &["-w", "-l", &log.to_string_lossy(), "-o", &options, "start"]);
    }

    /// Every process of it ends at once, as if the machine had failed; recovery follows at the next start.
    pub fn crash(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://celota@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.crash();
        remove(&self.folder);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n")
}
