/** A firm moves in: files are dropped as they are, looked at, and only then brought in. */
import { Download } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused } from '../../api/client';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { whole } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Note, Problem } from '../../ui/notes';
import { ImportRun } from './ImportRun';
import { SeenFiles } from './SeenFiles';
import type { Seen } from './seen';

export default function Import() {
  const { t } = useTranslation();
  const [names, setNames] = useState<string[]>([]);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const [run, setRun] = useState<number | null>(null);
  const [tries, setTries] = useState(0);
  const file = useRef<HTMLInputElement>(null);
  const rows = seen?.tables.reduce((sum, x) => sum + (x.new ?? 0), 0) ?? 0;
  const known = seen?.tables.reduce((sum, x) => sum + (x.known ?? 0), 0) ?? 0;

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
      setTries((n) => n + 1);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  useActions([
    { id: 'choose', label: t('import.choose'), keys: ['u'], run: () => file.current?.click() },
    ...(seen && run === null && rows > 0
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
          accept=".csv,.xlsx,.txt,.tsv,.gz"
          aria-label={t('import.choose')}
          onChange={(e) => {
            void look(e.target.files);
            // The same file, mended, may be chosen once more.
            e.target.value = '';
          }}
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
        {seen && run === null && <SeenFiles seen={seen} />}
        {seen && run === null && rows === 0 && known > 0 && <Note>{t('import.all_here')}</Note>}
        {run !== null && <ImportRun key={`${run}-${tries}`} id={run} onAgain={() => void start()} />}
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
