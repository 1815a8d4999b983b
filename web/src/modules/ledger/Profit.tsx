import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { dateTyped } from '../../ui/format';
import { Bars, Problem } from '../../ui/notes';
import { StatementTable } from './StatementTable';
import { type ProfitAndLoss, profitBlocks, yearBefore } from './statements';

export function Profit({
  from,
  to,
  onOpen,
}: {
  from: string;
  to: string;
  onOpen: (account: number, since: string | undefined, until: string) => void;
}) {
  const { t } = useTranslation();
  const accounts = useEntity('Account') as Entity;
  const periods = [
    { from_day: from, to_day: to },
    { from_day: yearBefore(from), to_day: yearBefore(to) },
  ];
  const [now, before] = [
    useQuery(functionQuery<ProfitAndLoss>(accounts, null, 'profit_and_loss', periods[0] ?? {})),
    useQuery(functionQuery<ProfitAndLoss>(accounts, null, 'profit_and_loss', periods[1] ?? {})),
  ];
  if (now.error) return <Problem message={now.error.message} />;
  if (!now.data) return <Bars />;
  return (
    <StatementTable
      caption={t('books.profit')}
      heads={periods.map((p) => `${dateTyped(p.from_day)} – ${dateTyped(p.to_day)}`)}
      blocks={profitBlocks([now.data, before.data], t)}
      onOpen={(account, i) => onOpen(account, periods[i]?.from_day, periods[i]?.to_day ?? to)}
    />
  );
}
