/** Overall equipment effectiveness of a work center: availability × performance × quality, and why it stood. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { date, dayToday, percent, plusDays, quantity } from '../../ui/format';
import { Figure, Figures } from '../../ui/marks';

interface Answer {
  from_on: string;
  to_on: string;
  planned_minutes: number;
  run_minutes: number;
  standard_minutes: number;
  good: number;
  scrapped: number;
  rework: number;
  /** In percent; nothing where there is nothing to compare with. */
  availability: number | null;
  performance: number | null;
  quality: number | null;
  oee: number | null;
  reasons: { reason: string; minutes: number; percent: number | null }[];
}

const WEEKS = [4, 13] as const;

const hours = (minutes: number) => quantity(Math.round(minutes / 6) / 10);
const share = (of: number | null) => (of === null ? '–' : percent(of / 100));

export function Oee({ entity, id }: { entity: Entity; id: number }) {
  const { t } = useTranslation();
  const [weeks, setWeeks] = useState<number>(WEEKS[0]);
  const known = hasQuery(entity, 'oee');
  const today = dayToday();
  const args = { from_on: plusDays(today, 1 - weeks * 7), to_on: today };
  const { data } = useQuery({ ...functionQuery<Answer>(entity, id, 'oee', args), enabled: known });
  if (!known || !data) return null;
  const all = data.good + data.scrapped + data.rework;
  return (
    <section className="sec oee" aria-label={t('oee.title')}>
      <div className="head">
        <h2>{t('oee.title')}</h2>
        <span className="ink3">{t('oee.of', { from: date(data.from_on), to: date(data.to_on) })}</span>
        <fieldset className="line end" aria-label={t('oee.over')}>
          {WEEKS.map((n) => (
            <button key={n} type="button" className="chip-b" aria-pressed={n === weeks} onClick={() => setWeeks(n)}>
              {t(`oee.weeks_${n}`)}
            </button>
          ))}
        </fieldset>
      </div>
      {data.planned_minutes === 0 && all === 0 ? (
        <p className="ink2">{t('oee.nothing')}</p>
      ) : (
        <>
          <Figures>
            <Figure label={t('oee.oee')}>{share(data.oee)}</Figure>
            <Figure
              label={t('oee.availability')}
              sub={t('oee.ran', { run: hours(data.run_minutes), planned: hours(data.planned_minutes) })}
            >
              {share(data.availability)}
            </Figure>
            <Figure label={t('oee.performance')} sub={t('oee.pace', { n: hours(data.standard_minutes) })}>
              {share(data.performance)}
            </Figure>
            <Figure label={t('oee.quality')} sub={t('oee.good', { good: quantity(data.good), all: quantity(all) })}>
              {share(data.quality)}
            </Figure>
          </Figures>
          <h3 className="ink2">{t('oee.stood')}</h3>
          {data.reasons.length === 0 && <p className="ink2">{t('oee.never')}</p>}
          <ul className="peg">
            {data.reasons.slice(0, 8).map((r) => (
              <li key={r.reason}>
                <span>{r.reason}</span>
                <span className="end">
                  {t('oee.lost', { n: hours(r.minutes) })} · {share(r.percent)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
