//! Files at records: seen with their record, kept whole, put away and back.

use access::{Company, User};
use files::Folder;
use kernel::read::Ask;
use kernel::rights::{Access, Rows};
use kernel::{Actor, Call, Entity, Kernel, Module, Ref, Registry, Rights};
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::Arc;
use store::{Place, Schema, Store};

/// A thing that somebody answers for.
#[derive(Clone, Debug, Entity)]
#[entity(owner = "responsible", search = "name")]
struct Client {
    id: i64,
    name: String,
    responsible: Option<Ref<User>>,
}

/// A thing of one legal entity.
#[derive(Clone, Debug, Entity)]
#[entity(search = "")]
struct Contract {
    id: i64,
    company: Ref<Company>,
    name: String,
}

struct Office {
    kernel: Kernel,
    data: PathBuf,
}

impl Drop for Office {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.data));
    }
}

impl Office {
    fn open(name: &str) -> Self {
        let data = std::env::temp_dir().join(format!("celota-files-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&data));
        let own = Module::new("office", "{}", "{}").entity::<Client>().entity::<Contract>();
        let registry =
            Arc::new(Registry::new(vec![access::module(), files::module(), own], None).expect("modules"));
        let store = Store::open(&Place::Folder(data.clone())).expect("a database");
        let missing = store.read(Schema::read).expect("schema").diff(&registry.schema());
        store
            .migrate(&missing.iter().map(|s| format!("{s};\n")).collect::<String>(), |_, _| Ok(()), "")
            .expect("tables");
        kernel::search::prepare(&store).expect("search");
        Self { kernel: Kernel::new(store, registry), data }
    }

    fn create(&self, entity: &str, body: Json) -> i64 {
        self.run(&Actor::program(0), entity, "create", None, body).expect("created")
    }

    fn run(
        &self,
        actor: &Actor,
        entity: &str,
        command: &str,
        id: Option<i64>,
        body: Json,
    ) -> Result<i64, &'static str> {
        let body = body.as_object().cloned().expect("an object");
        let call = Call { entity: entity.into(), command: command.into(), id, body, ..Call::default() };
        let reply = self.kernel.run(actor, &call);
        reply.map(|r| r.id).map_err(|e| e.refusal().map_or("store", |r| r.code))
    }

    fn attach(&self, actor: &Actor, entity: &str, id: i64, name: &str) -> Result<i64, &'static str> {
        let bytes = format!("what is in {name}");
        let digest = Folder::in_data(&self.data).put(bytes.as_bytes()).expect("kept");
        let body = json!({"entity": entity, "id": id, "name": name, "media_type": "text/plain", "size": bytes.len(), "digest": digest});
        self.run(actor, "Attachment", "attach", None, body)
    }

    /// What a person sees: in the list, by the record, in the count, and found by its name.
    fn seen(&self, actor: &Actor) -> Vec<String> {
        let list = self.kernel.registry.entity("Attachment").expect("known");
        let (rows, count, found) = self
            .kernel
            .read(actor, |r| {
                let rows = r.list(&list, &Ask::default())?.rows;
                let count = r.count(&list, &Ask::default())?;
                Ok((rows, count, r.search("plan", &[], 50)?.len()))
            })
            .expect("a list");
        assert_eq!(usize::try_from(count).ok(), Some(rows.len()));
        assert_eq!(found, rows.len(), "search agrees with the list");
        let mut names: Vec<String> = rows.iter().filter_map(|r| r["name"].as_str().map(Into::into)).collect();
        names.sort();
        names
    }
}

fn person(user: i64, companies: Vec<i64>, rows: Rows) -> Actor {
    let mut rights = Rights::new(user, companies);
    let access = |rows| Access { rows, write: true, commands: ["*".to_owned()].into(), hidden: [].into() };
    rights.grant("Client", access(rows));
    rights.grant("Contract", access(Rows::All));
    rights.grant("Attachment", access(Rows::All));
    Actor { user, rights: Arc::new(rights), ..Actor::program(0) }
}

#[test]
fn a_file_is_seen_with_its_record_and_nowhere_else() {
    let office = Office::open("rights");
    let users: Vec<i64> =
        ["ana", "bor"].iter().map(|n| office.create("User", json!({"login": n, "name": n}))).collect();
    let firms: Vec<i64> =
        ["One", "Two"].iter().map(|n| office.create("Company", json!({"name": n}))).collect();
    let clients: Vec<i64> = users
        .iter()
        .map(|u| office.create("Client", json!({"name": "client", "responsible_id": u})))
        .collect();
    let contracts: Vec<i64> =
        firms.iter().map(|f| office.create("Contract", json!({"company_id": f, "name": "c"}))).collect();

    let ana = person(users[0], vec![firms[0]], Rows::Own);
    let bor = person(users[1], vec![], Rows::Own);
    let chief = person(99, vec![firms[1]], Rows::All);
    office.attach(&ana, "Client", clients[0], "plan ana").expect("her own client");
    office.attach(&bor, "Client", clients[1], "plan bor").expect("his own client");
    office.attach(&ana, "Contract", contracts[0], "plan one").expect("her company's");
    let of_two = office.attach(&chief, "Contract", contracts[1], "plan two").expect("the other company's");

    assert_eq!(office.attach(&ana, "Client", clients[1], "plan x"), Err("kernel.not_found"));
    assert_eq!(office.attach(&ana, "Contract", contracts[1], "plan x"), Err("kernel.not_found"));
    assert_eq!(office.attach(&chief, "Client", 12_345, "plan x"), Err("kernel.not_found"));
    assert_eq!(office.attach(&chief, "UserRole", 1, "plan x"), Err("kernel.not_here"));
    assert_eq!(office.attach(&chief, "Client", clients[0], "../.."), Err("kernel.required"));

    assert_eq!(office.seen(&ana), ["plan ana", "plan one"]);
    assert_eq!(office.seen(&bor), ["plan bor", "plan one", "plan two"]);
    assert_eq!(office.seen(&chief), ["plan ana", "plan bor", "plan two"]);
    assert_eq!(office.seen(&Actor::program(0)).len(), 4);
    assert!(office.kernel.read(&ana, |r| r.record("Attachment", of_two, Vec::new())).is_err());
    assert_eq!(office.run(&ana, "Attachment", "put_away", Some(of_two), json!({})), Err("kernel.not_found"));

    // Who may not read clients at all sees none of their files.
    let mut rights = Rights::new(7, vec![]);
    rights.grant(
        "Attachment",
        Access { rows: Rows::All, write: false, commands: [].into(), hidden: [].into() },
    );
    let stranger = Actor { user: 7, rights: Arc::new(rights), ..Actor::program(0) };
    assert!(office.seen(&stranger).is_empty());
}

#[test]
fn what_is_put_away_comes_back() {
    let office = Office::open("away");
    let client = office.create("Client", json!({"name": "c", "responsible_id": null}));
    let id = office.attach(&Actor::program(0), "Client", client, "plan").expect("attached");
    let call =
        Call { entity: "Attachment".into(), command: "put_away".into(), id: Some(id), ..Call::default() };
    let reply = office.kernel.run(&Actor::program(0), &call).expect("put away");
    let token = reply.undo.and_then(|t| t.parse().ok()).expect("an undo");
    let archived = || {
        let row = office.kernel.read(&Actor::program(0), |r| r.record("Attachment", id, Vec::new()));
        row.expect("the record")["archived"].as_bool()
    };
    assert_eq!(archived(), Some(true));
    office.kernel.undo(&Actor::program(0), token).expect("undone");
    assert_eq!(archived(), Some(false));
    assert_eq!(
        office.run(&Actor::program(0), "Attachment", "delete", Some(id), json!({})),
        Err("kernel.forbidden")
    );
}

/// `celota check` looks into the folder, too.
#[test]
fn a_lost_file_is_found_out() {
    let office = Office::open("lost");
    let client = office.create("Client", json!({"name": "c", "responsible_id": null}));
    office.attach(&Actor::program(0), "Client", client, "plan").expect("attached");
    let folder = Folder::in_data(&office.data);
    let lost = || office.kernel.store.read(|tx| folder.breaches(tx)).expect("looked at").len();
    assert_eq!(lost(), 0);
    std::fs::remove_dir_all(office.data.join("files")).expect("somebody tidies up");
    assert_eq!(lost(), 1);
}

#[test]
fn bytes_are_kept_once_and_a_changed_file_is_noticed() {
    let data = std::env::temp_dir().join(format!("celota-folder-{}", std::process::id()));
    let folder = Folder::in_data(&data);
    // The digest of "abc" is published in FIPS 180-2, appendix B.1.
    let digest = folder.put(b"abc").expect("kept");
    assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(folder.put(b"abc").expect("kept again"), digest);
    assert_eq!(folder.get(&digest).expect("there"), b"abc");
    let path = data.join("files/ba").join(&digest[2..]);
    std::fs::write(&path, b"abd").expect("somebody meddles");
    for asked in [digest.as_str(), "../../etc/passwd", ""] {
        let error = folder.get(asked).expect_err("not what it was");
        assert_eq!(error.refusal().map(|r| r.code), Some("files.gone"));
    }
    for (bytes, code) in [(Vec::new(), "files.empty"), (vec![0; files::MOST_BYTES + 1], "files.too_large")] {
        assert_eq!(folder.put(&bytes).expect_err("refused").refusal().map(|r| r.code), Some(code));
    }
    drop(std::fs::remove_dir_all(data));
}
