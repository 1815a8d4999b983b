/** What one must know of a customer while taking an order. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { money } from '../../ui/format';
import { Figure, Figures } from '../../ui/marks';

interface Overview {
  owed: number;
  overdue: number;
  credit_limit: number | null;
  credit_left: number | null;
}

export function CustomerFigures({ id }: { id: number }) {
  const { t } = useTranslation();
  const party = useEntity('Party');
  const { data } = useQuery({
    ...functionQuery<Overview>(party as Entity, id, 'overview'),
    enabled: hasQuery(party, 'overview'),
  });
  if (!data) return null;
  return (
    <Figures>
      <Figure
        label={t('customer.owed')}
        {...(data.overdue > 0
          ? { sub: t('customer.overdue_part', { amount: money(data.overdue) }), tone: 'bad' as const }
          : {})}
      >
        {money(data.owed)}
      </Figure>
      <Figure
        label={t('customer.credit_left')}
        sub={
          data.credit_limit === null
            ? t('customer.no_limit')
            : t('customer.of_limit', { amount: money(data.credit_limit) })
        }
      >
        {data.credit_left === null ? '–' : money(data.credit_left)}
      </Figure>
    </Figures>
  );
}
