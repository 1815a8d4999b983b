/** Operations as rows: what, for whom, and the way to where they come from. */
import { useTranslation } from 'react-i18next';
import { quantity } from '../../ui/format';
import { type Job, type ServedOrder, stretch } from './machines';
import { DocLink, ItemLink, QuoteMark, useComes } from './marks';

export function JobRows({ jobs, orders }: { jobs: Job[]; orders: Record<string, ServedOrder> }) {
  const { t } = useTranslation();
  return (
    <ul className="peg">
      {jobs.map((job) => (
        <li key={job.key}>
          <span className={`st ${job.late ? 'bad-s' : job.kind === 'planned' ? 'prop' : 'now'}`}>
            <span className="strong">{job.name || t('load.operation')}</span> {job.product}
          </span>
          <span className="end">{quantity(job.quantity)}</span>
          <span className="sub">
            {job.document ? (
              <DocLink doc={job.document} />
            ) : (
              <ItemLink id={job.product_id}>{t('load.kind.planned')}</ItemLink>
            )}{' '}
            · {job.from !== null && job.to !== null ? stretch(job.from, job.to) : t('board.no_time')}
          </span>
          <ForWhom job={job} orders={orders} />
        </li>
      ))}
    </ul>
  );
}

function ForWhom({ job, orders }: { job: Job; orders: Record<string, ServedOrder> }) {
  const { t } = useTranslation();
  const comes = useComes();
  const served = job.orders.flatMap((line) => orders[String(line)] ?? []);
  if (served.length === 0) return <span className="sub">{t('plan.for_stock')}</span>;
  return (
    <span className="sub">
      {served.slice(0, 3).map((o, i) => (
        <span key={o.line_id}>
          {i > 0 && ', '}
          {o.party ?? t('plan.own')} <DocLink doc={o} /> <QuoteMark of={o} />
          {o.late && <span className="bad"> {comes(o)}</span>}
        </span>
      ))}
      {served.length > 3 && <span> +{served.length - 3}</span>}
    </span>
  );
}
