import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { dateTyped, plusDays } from '../../ui/format';
import { Bars, Problem } from '../../ui/notes';
import { StatementTable } from './StatementTable';
import { type BalanceSheet, balanceBlocks } from './statements';

export function Balance({
  on,
  onOpen,
}: {
  on: string;
  onOpen: (account: number, since: string | undefined, until: string) => void;
}) {
  const { t } = useTranslation();
  const accounts = useEntity('Account') as Entity;
  const start = plusDays(`${on.slice(0, 4)}-01-01`, -1);
  const days = [on, start];
  const [now, before] = [
    useQuery(functionQuery<BalanceSheet>(accounts, null, 'balance_sheet', { on })),
    useQuery(functionQuery<BalanceSheet>(accounts, null, 'balance_sheet', { on: start })),
  ];
  if (now.error) return <Problem message={now.error.message} />;
  if (!now.data) return <Bars />;
  return (
    <StatementTable
      caption={t('books.balance')}
      heads={days.map(dateTyped)}
      blocks={balanceBlocks([now.data, before.data], t)}
      onOpen={(account, i) => onOpen(account, undefined, days[i] ?? on)}
    />
  );
}
