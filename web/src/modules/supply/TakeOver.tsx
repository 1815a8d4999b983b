/** A scenario becomes commands: tried first, then done, one sentence after the other; what has none is said. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused, type Row } from '../../api/client';
import { type Call, refresh, send } from '../../api/commands';
import { type Entity, type Model, useModel } from '../../api/model';
import { Button } from '../../ui/Button';
import { plusDays } from '../../ui/format';
import { ABOUT, type Sentence } from './sentences';

export interface Told {
  what: string;
  /** Tried and possible, done, refused, or nothing that a command does. */
  is: 'tried' | 'done' | 'refused' | 'by_hand';
  text: string;
}

interface Step {
  entity: Entity;
  what: Call;
}

export interface Taking {
  told: Told[];
  ready: boolean;
  done: boolean;
  busy: boolean;
  /** Tries at first, and does it then. */
  next: () => Promise<void>;
  forget: () => void;
}

export function useTakingOver(sentences: Sentence[], names: Record<string, string>): Taking {
  const { t } = useTranslation();
  const model = useModel();
  const client = useQueryClient();
  const [told, setTold] = useState<Told[]>([]);
  const [busy, setBusy] = useState(false);
  const ready = told.some((one) => one.is === 'tried') && told.every((one) => one.is !== 'refused');
  const done = told.some((one) => one.is === 'done');
  async function walk(dryRun: boolean): Promise<void> {
    setBusy(true);
    const out: Told[] = [];
    for (const sentence of sentences) {
      const what = `${t(`scenario.kind.${sentence.kind}`)}: ${names[`${ABOUT[sentence.kind]} ${sentence.id}`]}`;
      try {
        const step = await stepOf(sentence, model, t('scenario.reason'));
        if (!step) out.push({ what, is: 'by_hand', text: t(`scenario.by_hand.${sentence.kind}`) });
        else {
          const reply = await send(step.entity, { ...step.what, dryRun });
          out.push({ what, is: dryRun ? 'tried' : 'done', text: reply.effects.join(' ') });
        }
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        out.push({ what, is: 'refused', text: `${error.message} ${error.advice}` });
      }
      setTold([...out]);
    }
    setBusy(false);
    if (!dryRun) await refresh(client);
  }
  return {
    told,
    ready,
    done,
    busy,
    next: async () => {
      if (!busy && !done && sentences.length > 0) await walk(!ready);
    },
    forget: () => setTold([]),
  };
}

/** The command that makes a sentence true. */
async function stepOf(s: Sentence, model: Model, reason: string): Promise<Step | null> {
  const [a = '', b = ''] = s.parts;
  const of = (name: string) => model.entities[name];
  const record = (entity: Entity) => call<Row>('GET', `/odata/${entity.set}(${s.id})?$expand=lines`);
  const about = of(ABOUT[s.kind]);
  const down = of('Downtime');
  if (s.kind === 'down' && down?.rights.create) {
    const body = {
      work_center_id: s.id,
      kind: 'maintenance',
      reason,
      starts_at: new Date(`${a}T00:00:00`).toISOString(),
      ends_at: new Date(`${plusDays(b, 1)}T00:00:00`).toISOString(),
    };
    return { entity: down, what: { command: 'create', body } };
  }
  if (s.kind === 'late' && about) {
    const order = await record(about);
    const on = plusDays(String(order.expected_on), Number(a));
    return { entity: about, what: { command: 'reschedule', id: s.id, body: { expected_on: on } } };
  }
  if (s.kind === 'transfer' && about) {
    const order = await record(about);
    const on = plusDays(String(order.arrives_on), Number(a));
    return { entity: about, what: { command: 'reschedule', id: s.id, body: { arrives_on: on } } };
  }
  if (s.kind === 'bigger' && about) {
    const order = await record(about);
    const lines = (order.lines as Row[]).filter((l) => l.product_id);
    const body = { lines: lines.map((l) => ({ line_id: l.id, quantity: Number(l.quantity) * Number(a) })) };
    return { entity: about, what: { command: 'amend', id: s.id, body } };
  }
  return null;
}

export function TakeOver({ taking }: { taking: Taking }) {
  const { t } = useTranslation();
  return (
    <section className="sec" aria-label={t('scenario.take_over')}>
      <div className="head">
        <h2>{t('scenario.take_over')}</h2>
        <span className="ink3">{t(taking.done ? 'scenario.is_real' : 'scenario.tried_first')}</span>
      </div>
      {taking.told.length > 0 && (
        <ul className="results" aria-live="polite">
          {taking.told.map((one, i) => (
            <li key={`${i}-${one.what}`}>
              <span className={`st ${one.is === 'refused' ? 'bad-s' : one.is === 'by_hand' ? 'warn-s' : 'ok-s'}`}>
                <span className="strong">{one.what}</span>
              </span>{' '}
              {t(`scenario.is.${one.is}`)} <span className="ink2">{one.text}</span>
            </li>
          ))}
        </ul>
      )}
      {!taking.done && (
        <Button look="primary" k="mod+Enter" disabled={taking.busy} onClick={() => void taking.next()}>
          {t(taking.ready ? 'scenario.do' : 'scenario.try')}
        </Button>
      )}
    </section>
  );
}
