/** A firm moves in: files are dropped as they are, looked at, and only then brought in. */
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused } from '../../api/client';
import { useModel } from '../../api/model';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { whole } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Note, Problem } from '../../ui/notes';

interface Fault {
  row?: number | null;
  column?: string | null;
  message: string;
  advice?: string;
}

interface Table {
  what?: string;
  file: string;
  entity: string | null;
  rows: number;
  new?: number;
  known?: number;
  refused?: number;
  problems: Fault[];
}

interface Seen {
  token: string;
  mapping: string | null;
  tables: Table[];
  unknown_files?: string[];
  notes?: string[];
}

interface Progress {
  state: string;
  done: number;
  total: number;
}

export default function Import() {
  const { t } = useTranslation();
  const [names, setNames] = useState<string[]>([]);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const [run, setRun] = useState<number | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const rows = seen?.tables.reduce((sum, x) => sum + (x.new ?? x.rows), 0) ?? 0;

  async function look(files: FileList | null): Promise<void> {
    if (!files || files.length === 0) return;
    setBusy(true);
    setFault(null);
    setSeen(null);
    setRun(null);
    setNames([...files].map((f) => f.name));
    try {
      const list = await Promise.all([...files].map(async (f) => ({ name: f.name, content: await base64(f) })));
      setSeen(await call<Seen>('POST', '/api/import/preview', { body: list }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }

  async function start(): Promise<void> {
    if (!seen || busy) return;
    setBusy(true);
    try {
      setRun((await call<{ id: number }>('POST', '/api/import/start', { body: { token: seen.token } })).id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  useActions([
    { id: 'choose', label: t('import.choose'), keys: ['u'], run: () => file.current?.click() },
    ...(seen && run === null
      ? [
          {
            id: 'start',
            label: t('import.start', { n: whole(rows) }),
            keys: ['n', 'Enter', 'mod+Enter'],
            run: () => void start(),
          },
        ]
      : []),
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('import.title')} crumbs={[{ label: t('areas.settings'), to: '/import' }]}>
        {seen && run === null && rows > 0 && (
          <Button look="primary" k="n" disabled={busy} onClick={() => void start()}>
            {t('import.start', { n: whole(rows) })}
          </Button>
        )}
      </Top>
      <div className="body import">
        <p className="read ink2">{t('import.text')}</p>
        <button
          type="button"
          className="dropz"
          aria-keyshortcuts="u"
          onClick={() => file.current?.click()}
          onDragOver={(e) => e.preventDefault()}
          onDrop={(e: DragEvent) => {
            e.preventDefault();
            void look(e.dataTransfer.files);
          }}
        >
          <Download className="i l" aria-hidden="true" />
          <span>
            <span className="strong">{t('import.drop')}</span>
            <span className="ink3 small block">{t('import.kinds')}</span>
          </span>
        </button>
        <input
          ref={file}
          type="file"
          multiple
          hidden
          accept=".csv,.xlsx,.txt,.tsv"
          aria-label={t('import.choose')}
          onChange={(e) => void look(e.target.files)}
        />
        <p className="sr" aria-live="polite">
          {busy ? t('import.looking', { count: names.length }) : ''}
        </p>
        {busy && !seen && <p className="ink2">{t('import.looking', { count: names.length })}</p>}
        {fault && (
          <Problem
            message={fault.status === 404 || fault.status === 405 ? t('import.not_here') : fault.message}
            advice={fault.advice}
          />
        )}
        {seen && <SeenFiles seen={seen} />}
        {run !== null && <Running id={run} />}
      </div>
      <Foot
        keys={[
          [['U'], t('import.choose')],
          [['N'], t('import.bring')],
        ]}
      />
    </main>
  );
}

function base64(file: File): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
}

function SeenFiles({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const model = useModel();
  const wrong = seen.tables.filter((x) => x.problems.length > 0);
  return (
    <>
      <table className="t in-sec files">
        <caption className="sr">{t('import.seen')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('import.file')}</th>
            <th scope="col">{t('import.as')}</th>
            <th scope="col" className="num">
              {t('import.rows')}
            </th>
            <th scope="col">{t('import.saw')}</th>
          </tr>
        </thead>
        <tbody>
          {seen.tables.map((x) => (
            <tr key={`${x.file}-${x.entity}-${x.what}`}>
              <td className="code">{x.file}</td>
              <td>{x.what || (x.entity ? (model.entities[x.entity]?.labels ?? x.entity) : t('import.unknown'))}</td>
              <td className="num">{whole(x.rows)}</td>
              <td>
                <span className={`st ${x.problems.length > 0 ? 'warn-s' : 'ok-s'}`}>
                  {x.problems.length > 0
                    ? t('import.problems', { count: x.problems.length })
                    : x.known
                      ? t('import.new_known', { fresh: whole(x.new ?? 0), known: whole(x.known) })
                      : t('import.understood')}
                </span>
              </td>
            </tr>
          ))}
          {(seen.unknown_files ?? []).map((name) => (
            <tr key={name}>
              <td className="code">{name}</td>
              <td colSpan={3}>
                <span className="st">{t('import.no_home')}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {(seen.notes ?? []).map((note) => (
        <Note key={note}>{note}</Note>
      ))}
      {wrong.map((x) => (
        <section key={`${x.file}-${x.entity}-${x.what}`} aria-label={x.file}>
          <div className="head">
            <h2>{x.file}</h2>
            <span className="count">{x.problems.length}</span>
          </div>
          <table className="t in-sec">
            <caption className="sr">{t('import.problems_of', { file: x.file })}</caption>
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t('import.row')}
                </th>
                <th scope="col">{t('import.column')}</th>
                <th scope="col">{t('import.what')}</th>
              </tr>
            </thead>
            <tbody>
              {x.problems.slice(0, 100).map((p) => (
                <tr key={`${p.row}-${p.column}-${p.message}`}>
                  <td className="num">{p.row ?? ''}</td>
                  <td className="code">{p.column ?? ''}</td>
                  <td className="wrap">
                    {p.message} <span className="ink3">{p.advice}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </>
  );
}

function Running({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => call<Progress>('GET', `/api/import/${id}`, { signal }),
    refetchInterval: (q) => (['done', 'failed'].includes(q.state.data?.state ?? '') ? false : 700),
  });
  if (!data) return null;
  return (
    <section aria-label={t('import.progress')} aria-live="polite">
      <progress
        className="progress"
        max={Math.max(1, data.total)}
        value={data.done}
        aria-label={t('import.progress')}
      />
      <p>
        {data.state === 'done'
          ? t('import.done', { n: whole(data.done) })
          : data.state === 'failed'
            ? t('import.failed')
            : t('import.running', { done: whole(data.done), of: whole(data.total) })}
      </p>
    </section>
  );
}
