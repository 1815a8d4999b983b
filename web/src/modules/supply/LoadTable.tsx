/** Bars of hours: what each work center can, and what it holds or needs. */
import type { TFunction } from 'i18next';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { quantity, whole } from '../../ui/format';
import { type Bucket, held, type LoadOfCenter, PARTS, type Part, share } from './hours';

export const round = (hours: number) => Math.round(hours * 10) / 10;

/** In percent of what is open. */
export function fullness(used: number, t: TFunction): string {
  return Number.isFinite(used) ? `${whole(used * 100)} %` : t('load.while_shut');
}

interface TableProps {
  rows: LoadOfCenter[];
  /** What a bar is called, by where it begins. */
  called: (from: string) => string;
  row: number;
  column: number;
  onBar: (row: number, column: number) => void;
}

export function LoadTable({ rows, called, row, column, onBar }: TableProps) {
  const { t } = useTranslation();
  const heads = rows[0]?.buckets ?? [];
  return (
    <section className="scroll-x" aria-label={t('load.table')} tabIndex={0}>
      <table className="t load">
        <caption className="sr">{t('load.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('load.center')}</th>
            {heads.map((b) => (
              <th key={b.from} scope="col" className="num">
                {called(b.from)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((center, r) => (
            <tr key={center.work_center_id}>
              <th scope="row">
                {center.name}
                {center.units > 1 && <span className="ink3"> × {whole(center.units)}</span>}
              </th>
              {center.buckets.map((b, c) => (
                <td key={b.from}>
                  <Bar
                    center={center}
                    bucket={b}
                    called={called(b.from)}
                    current={r === row && c === column}
                    onBar={() => onBar(r, c)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is held from the ground up; what is more than there is stands above the line. */
function Bar({
  center,
  bucket: b,
  called,
  current,
  onBar,
}: {
  center: LoadOfCenter;
  bucket: Bucket;
  called: string;
  current: boolean;
  onBar: () => void;
}) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const used = share(b);
  const scale = Math.max(b.capacity, held(b) + b.down, 1);
  const parts = (['down', ...PARTS] as const).filter((what) => (b[what] ?? 0) > 0);
  const says = used === null ? t('load.shut') : fullness(used, t);
  const name = t('load.bar', {
    center: center.name,
    from: called,
    held: quantity(round(held(b))),
    open: quantity(round(b.capacity - b.down)),
    says,
  });
  const over = used !== null && used > 1;
  return (
    <button
      ref={button}
      type="button"
      className={`loadbar ${current ? 'cur' : ''} ${over ? 'over' : ''}`}
      aria-label={name}
      aria-pressed={current}
      title={name}
      onClick={onBar}
    >
      <span className="stack" aria-hidden="true">
        <i className="cap" style={{ bottom: `${(100 * b.capacity) / scale}%` }} />
        {parts.map((what) => (
          <i key={what} className={`bar-${what}`} style={{ height: `${(100 * (b[what] ?? 0)) / scale}%` }} />
        ))}
      </span>
      <span className={over ? 'bad' : used === null || used === 0 ? 'ink3' : ''}>{used === 0 ? '–' : says}</span>
    </button>
  );
}

interface PaneProps {
  center: LoadOfCenter;
  bucket: Bucket;
  called: string;
  parts: readonly Part[];
  children: ReactNode;
}

/** A bar, opened: its hours, and below them what it is made of. */
export function BarPane({ center, bucket: b, called, parts, children }: PaneProps) {
  const { t } = useTranslation();
  return (
    <aside className="pane why-pane" aria-label={t('load.inside')}>
      <section className="sec">
        <div className="head">
          <h2>
            {center.name}, {called}
          </h2>
          <span className="count">{t('load.days', { count: b.days })}</span>
        </div>
        <dl className="hours">
          {(['capacity', 'down', ...parts] as const).map((what) => (
            <div key={what}>
              <dt>{t(`load.kind.${what}`)}</dt>
              <dd>{t('load.hours', { n: quantity(round(b[what] ?? 0)) })}</dd>
            </div>
          ))}
        </dl>
        {children}
      </section>
    </aside>
  );
}
