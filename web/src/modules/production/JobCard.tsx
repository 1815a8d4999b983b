/** One job, big: begin it, count what is good, say why something is scrap, and be done. */
import { Check, Minus, Play, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { useSend } from '../../api/commands';
import { commandOf, type Entity, useEntity } from '../../api/model';
import { Button } from '../../ui/Button';
import { date, quantity, whole } from '../../ui/format';
import { NumberInput, TextInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Note, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import { type Job, missing, plannedMinutes, throughOf } from './jobs';

const REASONS = ['material', 'size', 'damaged', 'machine', 'trial'];
/** Longer than a shift: the clock was forgotten. */
const SHIFT_MINUTES = 600;

const clockOf = (operation: number) => `celota.begun.${operation}`;

/** Whole minutes since the job was begun on this tablet. */
function byClock(operation: number): number | null {
  const begun = Number(localStorage.getItem(clockOf(operation)));
  const minutes = Math.round((Date.now() - begun) / 60_000);
  return begun > 0 && minutes >= 1 && minutes <= SHIFT_MINUTES ? minutes : null;
}

function useReporting(job: Job) {
  const { t } = useTranslation();
  const send = useSend();
  const entity = useEntity('WorkOrder') as Entity;
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const { order, operation } = job;
  async function run(steps: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await steps();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  const begin = () =>
    run(async () => {
      await send(entity, { command: 'start', id: order.id, body: { operation_id: operation.id } });
      localStorage.setItem(clockOf(operation.id), String(Date.now()));
    });
  const good = (count: number, minutes: number | null) =>
    run(async () => {
      const body = { operation_id: operation.id, good: count, ...(minutes === null ? {} : { minutes }) };
      await send(entity, { command: 'report', id: order.id, body });
      localStorage.removeItem(clockOf(operation.id));
      // What leaves the last operation good is finished, unless somebody is to look at it first.
      const finished = job.last && !operation.inspect;
      if (finished && commandOf(entity, 'complete'))
        await send(entity, { command: 'complete', id: order.id, body: { quantity: count } });
      say(t(finished ? 'floor.in_stock' : 'floor.reported', { n: quantity(count), what: order.product?.title ?? '' }));
    });
  const pass = () =>
    run(async () => {
      const n = operation.good - throughOf(operation);
      await send(entity, { command: 'inspect', id: order.id, body: { operation_id: operation.id } });
      if (job.last && commandOf(entity, 'complete'))
        await send(entity, { command: 'complete', id: order.id, body: { quantity: n } });
      say(t(job.last ? 'floor.in_stock' : 'floor.passed', { n: quantity(n), what: order.product?.title ?? '' }));
    });
  const inspects = commandOf(entity, 'inspect') !== undefined;
  const scrap = (reason: string) =>
    run(async () => {
      const body = { operation_id: operation.id, good: 0, scrapped: 1, minutes: 0, reason };
      await send(entity, { command: 'report', id: order.id, body });
      say(t('floor.scrapped', { n: 1, reason }));
    });
  return { begin, good, scrap, pass: inspects ? pass : undefined, fault, busy };
}

export function JobCard({ job }: { job: Job }) {
  const { t } = useTranslation();
  const { order, operation } = job;
  const { begin, good, scrap, pass, fault, busy } = useReporting(job);
  const unseen = operation.good - throughOf(operation);
  const [count, setCount] = useState(0);
  const [asking, setAsking] = useState(false);
  const [planned, setPlanned] = useState(false);
  const started = operation.state === 'started';
  const all = count === 0 ? job.left : count;
  const clock = byClock(operation.id);
  const canBegin = operation.state === 'waiting' && !job.waits;
  const canReport = started && job.left > 0;
  const put = (to: number) => setCount(Math.min(Math.max(0, to), job.left));
  const done = () => void good(all, planned ? null : clock).then(() => setCount(0));
  useActions([
    ...(canBegin ? [{ id: 'begin', label: t('floor.begin'), keys: ['n', 'Enter'], run: () => void begin() }] : []),
    ...(canReport
      ? [
          { id: 'done', label: t('floor.done'), keys: ['n', 'Enter'], run: done },
          { id: 'more', label: t('floor.good'), keys: ['+'], run: () => put(count + 1) },
          { id: 'less', label: t('floor.less'), keys: ['-'], quiet: true, run: () => put(count - 1) },
          { id: 'scrap', label: t('floor.scrap'), keys: ['s'], run: () => setAsking(!asking) },
        ]
      : []),
  ]);
  const share = job.of > 0 ? Math.min(100, (operation.good / job.of) * 100) : 0;
  return (
    <section className="job" aria-label={t('floor.job')}>
      <div>
        <p className="ink2">
          {t('floor.step', { n: job.at + 1, of: order.operations.length, what: operation.name })} · {order.number}
        </p>
        <h2 className="job-name">{order.product?.title}</h2>
        <p className="ink2">{t('floor.due', { date: date(order.due_on) })}</p>
      </div>
      <div className="job-progress">
        <div className="line">
          <span>
            <b>{quantity(operation.good)}</b> {t('floor.good_of', { of: quantity(job.of) })}
          </span>
          {operation.scrapped > 0 && (
            <span className="bad">{t('floor.scrap_n', { n: quantity(operation.scrapped) })}</span>
          )}
        </div>
        <div
          className="meter"
          role="img"
          aria-label={t('floor.meter', { n: quantity(operation.good), of: quantity(job.of) })}
        >
          <i style={{ width: `${share}%` }} />
        </div>
      </div>
      {fault && <Problem message={fault.message} advice={fault.advice} />}
      {job.waits && (
        <Note tone="warn">
          {t('floor.waits_at', { what: job.waits.name, where: job.waits.work_center?.title ?? '' })}
        </Note>
      )}
      {unseen > 0 && (
        <Note tone="warn">
          {t('floor.to_inspect', { n: quantity(unseen) })}{' '}
          {pass && (
            <Button disabled={busy} onClick={() => void pass()}>
              {t('floor.all_pass')}
            </Button>
          )}
        </Note>
      )}
      <div className="pads">
        {canBegin && (
          <button type="button" className="pad begin fin" disabled={busy} onClick={() => void begin()}>
            <Play className="i l" aria-hidden="true" />
            <span className="pad-word">{t('floor.begin')}</span>
          </button>
        )}
        {canReport && (
          <>
            <button type="button" className="pad good" onClick={() => put(count + 1)}>
              <span className="pad-word">{t('floor.good')}</span>
              <span className="pad-number">{count > 0 ? quantity(count) : '+1'}</span>
            </button>
            <button type="button" className="pad scrap" aria-expanded={asking} onClick={() => setAsking(!asking)}>
              <span className="pad-word">{t('floor.scrap')}</span>
              <span className="pad-number">+1</span>
            </button>
            <fieldset className="qty" aria-label={t('floor.count')}>
              <button type="button" aria-label={t('floor.less')} onClick={() => put(count - 1)}>
                <Minus className="i" aria-hidden="true" />
              </button>
              <NumberInput aria-label={t('floor.count')} value={count} show={quantity} onValue={(v) => put(v ?? 0)} />
              <button type="button" aria-label={t('floor.more')} onClick={() => put(count + 1)}>
                <Plus className="i" aria-hidden="true" />
              </button>
            </fieldset>
            <button type="button" className="pad fin" disabled={busy} onClick={done}>
              <Check className="i l" aria-hidden="true" />
              <span className="pad-word">
                {t(count === 0 ? 'floor.all_good' : 'floor.n_good', { n: quantity(all) })}
              </span>
            </button>
          </>
        )}
      </div>
      {asking && canReport && (
        <Why
          onReason={(reason) => {
            setAsking(false);
            void scrap(reason);
          }}
        />
      )}
      {canReport && (
        <div className="line minutes">
          <span className="ink2">{t('floor.took')}</span>
          <button
            type="button"
            className="chip-b"
            aria-pressed={planned || clock === null}
            onClick={() => setPlanned(true)}
          >
            {t('floor.by_plan', { n: whole(plannedMinutes(operation, all)) })}
          </button>
          {clock !== null && (
            <button type="button" className="chip-b" aria-pressed={!planned} onClick={() => setPlanned(false)}>
              {t('floor.by_clock', { n: whole(clock) })}
            </button>
          )}
        </div>
      )}
      <Material job={job} />
    </section>
  );
}

function Why({ onReason }: { onReason: (reason: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <fieldset className="reasons">
      <legend>{t('floor.why')}</legend>
      {REASONS.map((r) => (
        <button key={r} type="button" className="pad small-pad" onClick={() => onReason(t(`floor.reason.${r}`))}>
          {t(`floor.reason.${r}`)}
        </button>
      ))}
      <div className="line other-reason">
        <TextInput aria-label={t('floor.other')} placeholder={t('floor.other')} value={text} onValue={setText} />
        {text.trim() !== '' && <Button onClick={() => onReason(text.trim())}>{t('floor.scrap')}</Button>}
      </div>
    </fieldset>
  );
}

function Material({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (job.order.components.length === 0) return null;
  return (
    <div className="material">
      <h3>{t('floor.material')}</h3>
      <ul>
        {job.order.components.map((c) => (
          <li key={c.id}>
            <span className={`st ${missing(c) > 0 ? 'bad-s' : 'ok-s'}`}>
              {c.product?.title} × {quantity(c.quantity)}
            </span>
            <span className={missing(c) > 0 ? 'bad' : 'ink2'}>
              {missing(c) > 0
                ? t('floor.missing', { n: quantity(missing(c)) })
                : c.issued >= c.quantity
                  ? t('floor.issued')
                  : t('floor.here')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
