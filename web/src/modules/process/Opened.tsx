/** The item in hand, beside the inbox: what it is about, and what can be done with it here. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { type Command, commandOf, type Entity, useModel } from '../../api/model';
import { recordQuery } from '../../api/odata';
import { columnsOf } from '../../record/columns';
import { useDryRun } from '../../record/dryRun';
import { PropRow } from '../../record/Peek';
import { recordPath } from '../../record/paths';
import { Value } from '../../record/Value';
import { Button } from '../../ui/Button';
import { useActions } from '../../ui/keys';
import { Note, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import { CommandForm } from './CommandForm';
import type { Wanting } from './inbox';

export function Opened({ item, onLater }: { item: Wanting; onLater: () => void }) {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const about = aboutOf(item);
  const target = model.entities[about.entity];
  const row = useQuery({
    ...recordQuery(target as Entity, about.id, model.entities),
    enabled: target !== undefined,
  }).data;
  const work = useWork(item);
  const open = target ? pageFor(item, target, about.id) : '/today';
  const does = doing(item);
  const command =
    item.group === 'tasks' && typeof item.row.command === 'string'
      ? commandOf(model.entities[String(item.row.entity)], item.row.command)
      : undefined;
  const asks = command ? command.input.filter((f) => f.required && f.default === null && f.kind !== 'lines') : [];
  const [input, setInput] = useState<Record<string, unknown>>({});
  const ready = asks.every((f) => input[f.name] !== undefined && input[f.name] !== null && input[f.name] !== '');
  const act = () => {
    if (!does) return void navigate({ href: open });
    if (ready) void work.run(does, item.group === 'tasks' ? taskBody(item, about.id, input) : {});
  };
  const label = does ? t(`today.does.${item.group}`) : t(`today.goes.${item.group}`);
  useActions([
    { id: 'act', label, keys: ['a', 'n'], run: act },
    {
      id: 'open',
      label: t('app.open'),
      keys: ['Enter'],
      quiet: true,
      run: () => void navigate({ href: item.group === 'money' ? '/money' : open }),
    },
  ]);
  const body = item.group === 'tasks' ? taskBody(item, about.id, input) : {};
  const tried = useDryRun(item.entity, item.row.id, does ?? '', body, does !== null && ready && item.group !== 'due');
  const stopped = item.row.stopped as { message: string; advice: string } | undefined;
  return (
    <article className="detail" aria-label={item.title}>
      <Link className="link phone" to="/today">
        {t('today.back')}
      </Link>
      {item.group === 'tasks' || item.group === 'stopped' ? (
        <p className="ink3 small">
          {t('today.step_of')}{' '}
          <Link className="link u" to={caseOf(item, model.entities.Case)}>
            {String(item.row.step_name ?? item.row.name ?? '')}
          </Link>
        </p>
      ) : null}
      <div>
        <h2 className="dh">{item.title}</h2>
        {target && (
          <p className="ink2">
            {target.label}{' '}
            <Link className="link u" to={recordPath(target, about.id)}>
              {String(row?.title ?? item.note)}
            </Link>
          </p>
        )}
      </div>
      {stopped && (
        <Note tone="bad">
          <span className="strong">{stopped.message}</span> {stopped.advice}
        </Note>
      )}
      {target && row && <Facts entity={target} row={row} />}
      {command && asks.length > 0 && (
        <CommandForm command={command as Command} fields={asks} value={input} onValue={setInput} onSubmit={act} />
      )}
      {tried.effects && (
        <ul className="effects" aria-live="polite">
          {tried.effects.map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
      )}
      {!work.fault && tried.fault && (
        <Note tone="warn">
          <span className="strong">{tried.fault.message}</span> {tried.fault.advice}
        </Note>
      )}
      {work.fault && <Problem message={work.fault.message} advice={work.fault.advice} />}
      <div className="line acts">
        <Button look="primary" k="a" disabled={work.busy || !ready} onClick={act}>
          {label}
        </Button>
        {does && target && (
          <Button k="Enter" onClick={() => void navigate({ href: open })}>
            {t('app.open')}
          </Button>
        )}
        <Button look="quiet" k="h" onClick={onLater}>
          {t('money.later')}
        </Button>
      </div>
    </article>
  );
}

/** What a task is completed with: the answers, and the record where the task does not say which. */
function taskBody(item: Wanting, about: number, input: Record<string, unknown>): Record<string, unknown> {
  return { input, ...(item.row.record_id ? {} : { record_id: about }) };
}

function aboutOf(item: Wanting): { entity: string; id: number } {
  const { row } = item;
  if (typeof row.about_entity === 'string' && typeof row.about_id === 'number')
    return { entity: row.about_entity, id: row.about_id };
  return { entity: item.entity.name, id: row.id };
}

function caseOf(item: Wanting, cases: Entity | undefined): string {
  if (!cases) return '/today';
  return recordPath(cases, item.group === 'stopped' ? item.row.id : Number(item.row.case_id));
}

/** The page on which it is done, where that is not the record's own. */
function pageFor(item: Wanting, target: Entity, id: number): string {
  if (item.group === 'money') return '/money';
  if (item.group === 'ship') return `/ship?delivery=${id}`;
  if (item.row.command === 'ship' || item.row.command === 'deliver') return `/ship?order=${id}`;
  if (item.row.command === 'receive') return `/receive?order=${id}`;
  if (item.group === 'receive') return `/receive?order=${id}`;
  return recordPath(target, id);
}

function doing(item: Wanting): string | null {
  if (item.group === 'stopped') return 'retry';
  if (item.group === 'tasks' || item.group === 'due') return 'complete';
  return null;
}

function useWork(item: Wanting) {
  const { t } = useTranslation();
  const send = useSend();
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  async function run(command: string, body: Record<string, unknown>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      const reply = await send(item.entity, { command, id: item.row.id, body });
      say([t('today.done', { what: item.title }), ...reply.effects].join(' '));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { run, fault, busy };
}

function Facts({ entity, row }: { entity: Entity; row: Row }) {
  const shown = columnsOf(entity, undefined).filter(
    (f) => f.name !== entity.title && row[f.name] !== null && row[f.name] !== '' && row[f.name] !== false,
  );
  return (
    <dl className="props">
      {shown.map((f) => (
        <PropRow key={f.name} label={f.label}>
          <Value field={f} row={row} entity={entity} />
        </PropRow>
      ))}
    </dl>
  );
}
