/** The customer's order that something is made for. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Row } from '../../api/client';
import { useModel } from '../../api/model';
import { listQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';

export function ForOrder({ row, label, children }: { row: Row; label: string; children?: ReactNode }) {
  const entity = useModel().entities[String(row.order_entity ?? '')];
  const id = Number(row.order_id ?? 0);
  const asked = useQuery({ ...listQuery(entity, { filter: `id eq ${id}`, top: 1 }), enabled: entity !== undefined });
  if (!entity || id === 0) return null;
  const [order] = asked.data ?? [];
  return (
    <p>
      {label}{' '}
      <Link className="link u code" to={recordPath(entity, id)}>
        {String(order?.title ?? `#${id}`)}
      </Link>
      {children && <span className="ink2"> · {children}</span>}
    </p>
  );
}
