/** What is made for an order alone: by which bill, where it is engineered, and the work orders that make it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { choiceLabel, commandOf, type Entity, fieldOf, hasQuery, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { date } from '../../ui/format';

interface Made {
  line_id: number;
  position: number;
  product_id: number;
  product: string;
  environment: string;
  bill_id: number | null;
  revision: number | null;
  released_on: string | null;
  work_orders: { id: number; number: string }[];
}

export function MadeFor({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const { entities } = useModel();
  const known = hasQuery(entity, 'made_for') && (row.state === 'confirmed' || row.state === 'closed');
  const { data } = useQuery({ ...functionQuery<{ value: Made[] }>(entity, row.id, 'made_for'), enabled: known });
  if (!data || data.value.length === 0) return null;
  const how = fieldOf(entities.Product as Entity, 'environment');
  return (
    <section className="sec" aria-label={t('order.made_for')}>
      <div className="head">
        <h2>{t('order.made_for')}</h2>
      </div>
      <ul className="peg">
        {data.value.map((made) => (
          <li key={`${made.line_id}-${made.product_id}`}>
            <span className="strong">{made.product}</span>
            <span className="end">{choiceLabel(how, made.environment)}</span>
            <span className="sub">
              {t('order.line_n', { n: made.position })} · <ItsBill entity={entity} order={row} made={made} />
              <ItsWork made={made} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Its bill is drawn from here, and followed. */
function ItsBill({ entity, order, made }: { entity: Entity; order: Row; made: Made }) {
  const { t } = useTranslation();
  const bills = useModel().entities.Bill;
  const send = useSend();
  const navigate = useNavigate();
  if (made.environment !== 'engineer_to_order' || !bills) return null;
  if (made.bill_id) {
    const said = { n: made.revision, date: date(made.released_on) };
    return (
      <>
        <Link className="name" to={recordPath(bills, made.bill_id)}>
          {t(made.released_on ? 'order.bill_released' : 'order.bill_drawn', said)}
        </Link>{' '}
        ·{' '}
      </>
    );
  }
  async function draw(): Promise<void> {
    const body = { line_id: made.line_id, product_id: made.product_id };
    const reply = await send(entity, { command: 'engineer', id: order.id, body });
    const { bill_id: bill } = (reply.result ?? {}) as { bill_id?: number };
    if (bills && bill) await navigate({ to: recordPath(bills, bill) });
  }
  return order.state === 'confirmed' && commandOf(entity, 'engineer') ? (
    <>
      <Button onClick={() => void draw()}>{t('order.draw')}</Button> ·{' '}
    </>
  ) : null;
}

function ItsWork({ made }: { made: Made }) {
  const { t } = useTranslation();
  const orders = useModel().entities.WorkOrder;
  if (made.work_orders.length === 0) return <span className="ink3">{t('order.no_order_yet')}</span>;
  return made.work_orders.map((work) =>
    orders ? (
      <Link key={work.id} className="name code" to={recordPath(orders, work.id)}>
        {work.number}{' '}
      </Link>
    ) : (
      <span key={work.id} className="code">
        {work.number}{' '}
      </span>
    ),
  );
}
