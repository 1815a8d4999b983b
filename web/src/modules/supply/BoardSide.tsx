/** Beside the board: the operation, whom it is for and why it is late, and what a move would break. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button';
import { date, money, quantity } from '../../ui/format';
import { Note } from '../../ui/notes';
import { type BoardData, HOUR, type Job, shut, stepped, stretch } from './machines';
import { DocLink, ItemLink, useReason } from './marks';
import type { Consequences, Moving } from './moving';
import { OrderPeg } from './Why';

interface Props {
  job: Job;
  data: BoardData;
  moving: Moving;
  onDrop: () => void;
}

export function BoardSide({ job, data, moving, onDrop }: Props) {
  const { t } = useTranslation();
  const reason = useReason();
  const machine = data.resources.find((r) => r.work_center_id === job.work_center_id);
  const served = job.orders.flatMap((line) => data.orders[String(line)] ?? []);
  return (
    <aside className="pane why-pane" aria-label={t('board.operation')}>
      <section className="sec">
        <div className="head">
          <h2>{job.name || job.product}</h2>
          <span className="count">{t(`load.kind.${job.kind}`)}</span>
        </div>
        <p className="ink2">
          {job.document ? <DocLink doc={job.document} /> : null} {quantity(job.quantity)} ×{' '}
          <ItemLink id={job.product_id}>{job.product}</ItemLink>
        </p>
        <p className="ink2">
          {machine?.name}, {job.from !== null && job.to !== null ? stretch(job.from, job.to) : t('board.no_time')}
        </p>
        <Move job={job} data={data} moving={moving} onDrop={onDrop} />
        {served.length === 0 ? (
          <p className="ink2">{t('plan.serves_nobody')}</p>
        ) : (
          <ul className="peg">
            {served.map((o) => (
              <OrderPeg key={o.line_id} order={o}>
                {o.because.length > 0 && (
                  <ul>
                    {o.because.slice(0, 3).map((b) => (
                      <li key={`${b.kind}-${b.name}-${b.since}`}>
                        <span className="st bad-s">{reason(b)}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </OrderPeg>
            ))}
          </ul>
        )}
      </section>
    </aside>
  );
}

/** By buttons what the keys and the mouse do, and what would follow. */
function Move({ job, data, moving, onDrop }: Props) {
  const { t } = useTranslation();
  if (job.begun) return <p className="ink3">{t('board.begun')}</p>;
  const held = moving.held?.key === job.key ? moving.held : null;
  const here = held ?? { key: job.key, work_center_id: job.work_center_id, at: job.from };
  const own = data.resources.find((r) => r.work_center_id === job.work_center_id);
  const able = data.resources.filter((r) => r.group === own?.group);
  const there = data.resources.find((r) => r.work_center_id === here.work_center_id);
  const shift = (by: number) =>
    there && here.at !== null && moving.hold({ ...here, at: stepped(here.at, by, shut(there)) });
  return (
    <div className="move">
      <div className="line">
        {here.at === null ? (
          <Button onClick={() => moving.hold(here)}>{t('board.when_free')}</Button>
        ) : (
          <>
            <Button onClick={() => shift(-HOUR)} aria-label={t('board.hour_earlier')}>
              ‹ 1 h
            </Button>
            <Button onClick={() => shift(HOUR)} aria-label={t('board.hour_later')}>
              1 h ›
            </Button>
            <Button onClick={() => moving.hold({ ...here, at: null })}>{t('board.when_free')}</Button>
          </>
        )}
        {able.length > 1 && (
          <select
            className="in"
            aria-label={t('board.on')}
            value={here.work_center_id}
            onChange={(e) => moving.hold({ ...here, work_center_id: Number(e.target.value) })}
          >
            {able.map((r) => (
              <option key={r.work_center_id} value={r.work_center_id}>
                {r.name}
              </option>
            ))}
          </select>
        )}
      </div>
      <div aria-live="polite">
        {moving.fault && (
          <Note tone="bad">
            <span className="strong">{moving.fault.message}</span> {moving.fault.advice}
          </Note>
        )}
        {held && moving.answer && <Follows answer={moving.answer} />}
      </div>
      {held && (
        <div className="line">
          <Button look="primary" k="Enter" disabled={moving.busy || moving.answer?.no !== undefined} onClick={onDrop}>
            {t(job.kind === 'planned' ? 'board.accept_here' : 'board.drop_here')}
          </Button>
          <Button look="quiet" k="Escape" onClick={() => moving.hold(null)}>
            {t('board.leave_it')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What the plan says to the place where it is held. */
export function Follows({ answer }: { answer: Consequences }) {
  const { t } = useTranslation();
  if (answer.no)
    return (
      <Note tone="bad">
        <span className="strong">{answer.no.message}</span> {answer.no.advice}
      </Note>
    );
  const stake = answer.late.reduce((sum, o) => sum + o.net, 0);
  return (
    <Note tone={answer.late.length > 0 ? 'warn' : 'plain'}>
      <p className="strong">{stretch(answer.from, answer.to)}</p>
      {answer.late.length === 0 ? (
        <p>{t('board.breaks_nothing')}</p>
      ) : (
        <>
          <p className="strong">
            {t('board.breaks', { count: answer.late.length })}
            {stake > 0 && `, ${money(stake)}`}
          </p>
          <ul>
            {answer.late.slice(0, 6).map((o) => (
              <li key={`${o.line_id}-${o.id}`}>
                {o.party ?? `${o.number}${o.for.length > 0 ? ` (${o.for.join(', ')})` : ''}`}: {o.product},{' '}
                {o.party
                  ? t('board.days_late', { count: o.days, date: date(o.comes_on) })
                  : t('board.material_late', { date: date(o.comes_on) })}
              </li>
            ))}
          </ul>
        </>
      )}
      {answer.sooner > 0 && <p>{t('board.sooner', { count: answer.sooner })}</p>}
      {answer.moves > 0 && (
        <details>
          <summary>{t('board.moves', { count: answer.moves })}</summary>
          <ul>
            {answer.operations.map((o) => (
              <li key={`${o.product}-${o.name}-${o.from}`}>
                {o.product}, {o.name}: {o.work_center}, {stretch(o.from, o.to)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Note>
  );
}
