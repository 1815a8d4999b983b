//! A fresh process on the filled database: how long until its first answer, and what it holds in memory when it has
//! done some of everything.

use crate::firm::{Firm, order};
use crate::report::{Better, Report};
use crate::{chain, fill, list, trial};
use celota::database;
use kernel::read::Ask;
use kernel::{Actor, Call};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Instant;
use store::Place;

pub fn run(firm: Firm, report: &mut Report) {
    let place = match &firm.place {
        Place::Folder(folder) => folder.display().to_string(),
        Place::Server(url) => url.clone(),
    };
    let (start, memory) = (firm.name("start"), firm.name("memory"));
    let (database, actor) = (firm.database, firm.actor.clone());
    let Firm { kernel, .. } = firm;
    drop(kernel);
    let begun = Instant::now();
    let program = std::env::current_exe().expect("this program");
    let user = format!("{}/{}/{database}", actor.company, actor.user);
    let mut child = Command::new(program)
        .args(["--child", &place])
        .env("BENCH_CHILD", user)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut said = BufReader::new(child.stdout.take().expect("its words")).lines().map_while(Result::ok);
    said.next();
    report.value(start, "s", begun.elapsed().as_secs_f64(), 1.0, Better::Lower);
    let megabytes = said.filter_map(|l| l.parse::<f64>().ok()).last().unwrap_or_default() / 1024.0;
    drop(child.wait());
    report.value(memory, "MB", megabytes, 200.0, Better::Lower);
    if database == "sqlite" {
        drop(std::fs::remove_dir_all(place));
    }
}

/// In the fresh process.
pub fn child(place: &str) {
    let place =
        if place.starts_with("postgres") { Place::Server(place.into()) } else { Place::Folder(place.into()) };
    let who = std::env::var("BENCH_CHILD").unwrap_or_default();
    let mut who = who.split('/');
    let mut number = || who.next().and_then(|n| n.parse().ok()).unwrap_or_default();
    let (company, user) = (number(), number());
    let kernel = database::open(&place).expect("the database");
    let actor = Actor { user, ..Actor::program(company) };
    let firm = Firm::again(kernel, actor, place);
    let orders = firm.kernel.registry.entity("SalesOrder").expect("orders");
    let page = || {
        let ask = Ask { top: Some(50), order: vec![(vec!["ordered_on".into()], true)], ..Ask::default() };
        firm.kernel.read(&firm.actor, |r| r.list(&orders, &ask)).expect("a page")
    };
    println!("{}", page().rows.len());
    std::io::stdout().flush().expect("heard");
    some_of_everything(&firm, page);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let anonymous = status.lines().find_map(|l| l.strip_prefix("RssAnon:")).unwrap_or_default();
    println!("{}", anonymous.trim().trim_end_matches(" kB"));
}

fn some_of_everything<T>(firm: &Firm, page: impl Fn() -> T + Sync) {
    let products = firm.ids("SELECT id FROM product ORDER BY id LIMIT 500");
    let customers = firm.ids("SELECT id FROM party WHERE is_customer = 1 AND id IN (SELECT parent_id FROM address) ORDER BY id LIMIT 20");
    if products.len() < 5 || customers.is_empty() {
        return;
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (next, products, customers, page) = (&next, &products, &customers, &page);
            scope.spawn(move || {
                for n in 0..25 {
                    let at = 1_000_000_000 + next.fetch_add(1, SeqCst);
                    chain::chain(firm, customers[at % customers.len()], products, at, |_| {});
                    page();
                    firm.kernel
                        .read(&firm.actor, |r| r.search(&list::typed(n * 8 + thread), &[], 20))
                        .expect("hits");
                    trial::balance(firm, fill::today(firm));
                }
            });
        }
    });
    let drafts: Vec<i64> = (0..500)
        .map(|n| firm.create("SalesOrder", &order(customers[n % customers.len()], &products, n)))
        .collect();
    let call = Call { entity: "SalesOrder".into(), command: "confirm".into(), ..Call::default() };
    firm.kernel.run_many(&firm.actor, &call, &drafts).expect("a chunk");
}
