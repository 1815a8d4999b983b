/** A running process: its diagram with the token, what stopped it and how to mend it, and what happened, as a list. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { type Command, commandsFor, type Entity, fieldOf, hasQuery, useEntity, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { useAreaLabel } from '../../record/area';
import { listPath, recordPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { plain } from '../../record/Value';
import { Button } from '../../ui/Button';
import { instant } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Menu } from '../../ui/Menu';
import { State } from '../../ui/marks';
import { Bars, Note, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';

const Diagram = lazy(() => import('./Diagram'));

interface Step {
  element: string;
  name: string;
  kind: string;
  state: string;
  at: string;
  user: string | null;
  /** The way by which the token came or went on. */
  flow: string | null;
  message?: string;
  advice?: string;
}

type Shown = Row & {
  name: string;
  state: string;
  step: string | null;
  step_name: string | null;
  about_entity: string;
  about_id: number;
  about_title: string;
  tokens: string[];
  xml: string;
  edition: number;
  running: number;
  stopped_cases: number;
  history: Step[];
  stopped?: { code: string; message: string; advice: string };
};

export default function CasePage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('Case') as Entity;
  const area = useAreaLabel();
  const known = hasQuery(entity, 'show');
  const { data, error } = useQuery({ ...functionQuery<Shown>(entity, id, 'show'), enabled: known });
  if (data) return <Loaded entity={entity} row={data} />;
  return (
    <main className="page" id="main">
      <Top title={entity.label} crumbs={[{ label: area('processes'), to: listPath(entity) }]} />
      <div className="body">
        {error || !known ? <Problem message={error?.message ?? t('case.not_here')} /> : <Bars />}
      </div>
    </main>
  );
}

function Loaded({ entity, row }: { entity: Entity; row: Shown }) {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const area = useAreaLabel();
  const { run, fault, busy } = useMending(entity, row);
  const stopped = row.state === 'stopped';
  const legal = commandsFor(entity, row.state).filter((c) =>
    ['retry', 'skip', 'done_by_hand', 'cancel'].includes(c.name),
  );
  const retry = legal.find((c) => c.name === 'retry');
  const rest = legal.filter((c) => c !== retry && c.name !== 'cancel');
  const about = model.entities[row.about_entity];
  const state = fieldOf(entity, 'state');
  const openAbout = () => about && void navigate({ to: recordPath(about, row.about_id) });
  useActions([
    ...(retry && stopped
      ? [{ id: 'retry', label: retry.label, keys: ['n', 'r', 'Enter'], run: () => void run(retry) }]
      : []),
    ...rest.map((c) => ({ id: c.name, label: c.label, run: () => void run(c) })),
    ...(about
      ? [{ id: 'about', label: t('case.open_about', { what: about.label }), keys: ['o'], run: openAbout }]
      : []),
  ]);
  const cancel = legal.find((c) => c.name === 'cancel');
  return (
    <main className="page" id="main">
      <Top
        title={row.about_title || row.name}
        crumbs={[
          { label: area('processes'), to: listPath(entity) },
          { label: row.name, to: `${listPath(entity)}?` },
        ]}
        heading={false}
      >
        {cancel && (
          <Menu
            label={t('app.more')}
            items={[{ id: 'cancel', label: cancel.label, danger: true, run: () => void run(cancel) }]}
          />
        )}
        {about && (
          <Button k="o" onClick={openAbout}>
            {t('case.open_about', { what: about.label })}
          </Button>
        )}
        {retry && stopped && (
          <Button look="primary" k="n" disabled={busy} onClick={() => void run(retry)}>
            {retry.label}
          </Button>
        )}
      </Top>
      <div className="rec">
        <div className="line">
          <h1>{row.about_title || row.name}</h1>
          <State state={row.state}>
            {stopped
              ? t('case.stopped_at', { step: row.step_name })
              : row.step_name && row.state === 'running'
                ? t('case.waits_at', { step: row.step_name })
                : state
                  ? plain(state, row, '', '')
                  : row.state}
          </State>
          <span className="ink3">{row.name}</span>
        </div>
      </div>
      <section className="sec" aria-label={row.name}>
        <div className="head">
          <h2>{row.name}</h2>
          <span className="count">
            {t('case.edition', { n: row.edition, running: row.running, stopped: row.stopped_cases })}
          </span>
        </div>
        <Suspense fallback={<Bars rows={5} />}>
          <Diagram
            xml={row.xml}
            tokens={row.tokens}
            stopped={stopped}
            done={row.history.filter((s) => s.state === 'done').map((s) => s.element)}
            walked={[...new Set(row.history.flatMap((s) => s.flow ?? []))]}
            title={row.name}
          />
        </Suspense>
      </section>
      <div className="cols case-cols">
        <section className="pane sec" aria-label={t('case.what_stopped')}>
          <Mending row={row} fault={fault} commands={rest} busy={busy} onRun={(c) => void run(c)} />
        </section>
        <aside className="pane sec" aria-label={t('case.happened')}>
          <div className="head">
            <h2>{t('case.happened')}</h2>
            <span className="count">{row.history.length}</span>
          </div>
          <History steps={row.history} />
        </aside>
      </div>
      <Foot
        keys={[
          [['N'], retry?.label ?? t('case.retry')],
          [['O'], t('app.open')],
        ]}
      />
    </main>
  );
}

interface MendingProps {
  row: Shown;
  fault: Refused | null;
  commands: Command[];
  busy: boolean;
  onRun: (command: Command) => void;
}

function Mending({ row, fault, commands, busy, onRun }: MendingProps) {
  const { t } = useTranslation();
  const model = useModel();
  const about = model.entities[row.about_entity];
  if (row.state !== 'stopped') {
    return (
      <>
        <div className="head">
          <h2>{t('case.stands')}</h2>
        </div>
        <p className="read ink2">
          {row.state !== 'running'
            ? t('case.over')
            : t(row.task_id ? 'case.waiting_person' : 'case.waiting', { step: row.step_name ?? '' })}
        </p>
      </>
    );
  }
  return (
    <>
      <div className="head">
        <h2>{t('case.what_stopped')}</h2>
      </div>
      {row.stopped && (
        <Note tone="bad">
          <span className="strong">{row.stopped.message}</span> {row.stopped.advice}
        </Note>
      )}
      {about && (
        <p className="read mend">
          {t('case.mend')}{' '}
          <Link className="link u" to={recordPath(about, row.about_id)}>
            {row.about_title}
          </Link>
        </p>
      )}
      {fault && <Problem message={fault.message} advice={fault.advice} />}
      <div className="acts line">
        {commands.map((c) => (
          <Button key={c.name} disabled={busy} onClick={() => onRun(c)}>
            {c.label}
          </Button>
        ))}
      </div>
    </>
  );
}

function History({ steps }: { steps: Step[] }) {
  return (
    <ol className="story">
      {steps.map((step, i) => (
        <li
          key={`${step.element}-${step.at}-${i}`}
          className={step.state === 'stopped' ? 'stop' : step.state === 'done' ? 'good' : ''}
        >
          <span className="strong">{step.name || step.element}</span>{' '}
          {step.message && <span className="bad">{step.message}</span>}{' '}
          {step.user && <span className="ink2">{step.user}</span>} <time dateTime={step.at}>{instant(step.at)}</time>
        </li>
      ))}
    </ol>
  );
}

function useMending(entity: Entity, row: Shown) {
  const send = useSend();
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  async function run(command: Command): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      const takes = command.input.some((f) => f.name === 'element');
      await send(entity, { command: command.name, id: row.id, body: takes && row.step ? { element: row.step } : {} });
      say(command.label);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { run, fault, busy };
}
