//! A line to PostgreSQL. What nobody waits for is sent together with the next statement that somebody does wait for:
//! the server takes them one after the other, so that each sees what the one before did, but the way there and back
//! is gone once for all of them.

use crate::value::{Error, Row, Value};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Statement};

const PREPARED: usize = 1024;
/// More that wait would only fill the memory on both sides.
const MOST_WAITING: usize = 64;

/// The runtime is the driver's: it turns only while a caller stands and waits.
pub(crate) struct Line {
    runtime: tokio::runtime::Runtime,
    client: Client,
    prepared: HashMap<String, Statement>,
    waiting: Vec<(Statement, Vec<Value>)>,
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Vec<tokio_postgres::Row>, tokio_postgres::Error>> + 'a>>;

impl Line {
    pub fn open(url: &str) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Error::Other(e.to_string()))?;
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            // It ends when the client does; what goes wrong on it is told to whoever asks.
            drop(tokio::spawn(connection));
            Ok::<_, tokio_postgres::Error>(client)
        })?;
        Ok(Self { runtime, client, prepared: HashMap::new(), waiting: Vec::new() })
    }

    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Leaves a statement to be sent with the next one.
    pub fn send(&mut self, sql: &str, params: &[Value]) -> Result<(), Error> {
        let statement = self.prepare(sql)?;
        self.waiting.push((statement, params.to_vec()));
        if self.waiting.len() >= MOST_WAITING { self.settle() } else { Ok(()) }
    }

    /// Sends what waits, and hears how it went.
    pub fn settle(&mut self) -> Result<(), Error> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() { Ok(()) } else { self.all(&waiting).map(|_| ()) }
    }

    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let statement = self.prepare(sql)?;
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.push((statement, params.to_vec()));
        self.all(&waiting)?.iter().map(row).collect()
    }

    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        let statement = self.prepare(sql)?;
        self.settle()?;
        Ok(self.runtime.block_on(self.client.execute(&statement, &borrowed(params)))?)
    }

    pub fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.settle()?;
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// Forgets what was not sent: its transaction is given up.
    pub fn forget(&mut self) {
        self.waiting.clear();
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        if self.prepared.len() >= PREPARED {
            self.prepared.clear();
        }
        let statement = self.runtime.block_on(self.client.prepare(&numbered(sql)))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Sends all at once; answers what the last one returned, or why the first that failed did.
    fn all(&self, statements: &[(Statement, Vec<Value>)]) -> Result<Vec<tokio_postgres::Row>, Error> {
        let params: Vec<Vec<&(dyn ToSql + Sync)>> = statements.iter().map(|(_, p)| borrowed(p)).collect();
        let mut sent: Vec<Option<Sent>> = statements
            .iter()
            .zip(&params)
            .map(|((statement, _), params)| Some(Box::pin(self.client.query(statement, params)) as Sent))
            .collect();
        let mut result = Ok(Vec::new());
        self.runtime.block_on(poll_fn(|cx| {
            let mut open = false;
            // A statement goes out when it is first asked for, so they go in their order.
            for place in &mut sent {
                let Some(future) = place else { continue };
                match future.as_mut().poll(cx) {
                    Poll::Pending => open = true,
                    Poll::Ready(answer) => {
                        *place = None;
                        // The first failure is the reason; those behind it only say that the transaction is lost.
                        if result.is_ok() {
                            result = answer;
                        }
                    }
                }
            }
            if open { Poll::Pending } else { Poll::Ready(()) }
        }));
        Ok(result?)
    }
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

/// `?` becomes `$1`, `$2` … outside of quotes.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let (mut n, mut quoted) = (0, false);
    for c in sql.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                out.push(c);
            }
            '?' if !quoted => {
                n += 1;
                out.push('$');
                out.push_str(&n.to_string());
            }
            _ => out.push(c),
        }
    }
    out
}

fn row(row: &tokio_postgres::Row) -> Result<Row, Error> {
    (0..row.len()).map(|i| value(row, i)).collect::<Result<_, _>>().map(Row)
}

fn value(row: &tokio_postgres::Row, i: usize) -> Result<Value, Error> {
    let ty = row.columns().get(i).map_or(Type::TEXT, |c| c.type_().clone());
    Ok(match ty {
        Type::INT8 => row.try_get::<_, Option<i64>>(i)?.into(),
        Type::INT4 => row.try_get::<_, Option<i32>>(i)?.map(i64::from).into(),
        Type::BOOL => row.try_get::<_, Option<bool>>(i)?.map(i64::from).into(),
        _ => row.try_get::<_, Option<String>>(i)?.into(),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_are_numbered_outside_of_quotes() {
        assert_eq!(super::numbered("a = ? AND b = '?' AND c = ?"), "a = $1 AND b = '?' AND c = $2");
    }
}
