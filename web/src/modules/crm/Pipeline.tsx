/** What may become an order: by stage, with amounts and age; a call goes straight onto the board. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { List, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Entity, fieldOf, useEntity } from '../../api/model';
import { applyQuery } from '../../api/odata';
import { Board } from '../../record/Board';
import { askFor, columnsOf } from '../../record/columns';
import { listPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { money } from '../../ui/format';
import { useActions } from '../../ui/keys';

export default function Pipeline() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const entity = useEntity('Opportunity') as Entity;
  const stage = fieldOf(entity, 'stage');
  const columns = columnsOf(entity, ['title', 'party_id', 'amount', 'expected_on', 'next_step']);
  const play = "stage in ('lead','qualified','proposal')";
  const sums = useQuery(
    applyQuery(entity, { filter: play }, 'aggregate(amount with sum as amount,weighted with sum as weighted)'),
  ).data?.[0];
  const call = () => void navigate({ to: '/call' });
  useActions([{ id: 'create', label: t('call.title'), keys: ['c'], lands: true, run: call }]);
  return (
    <main className="page whole" id="main">
      <Top title={t('pipeline.title')} crumbs={[{ label: entity.labels, to: listPath(entity) }]}>
        <Link className="btn desk" to={listPath(entity)}>
          <List className="i" aria-hidden="true" />
          {t('pipeline.list')}
        </Link>
        <Button look="primary" k="l" icon={<Plus className="i" aria-hidden="true" />} onClick={call}>
          {t('call.title')}
        </Button>
      </Top>
      {stage && (
        <Board
          entity={entity}
          columns={columns}
          ask={{ ...askFor(entity, columns), orderby: 'amount desc' }}
          by={stage}
        />
      )}
      <Foot
        keys={[
          [['L'], t('call.title')],
          [['J', 'K'], t('keys.move')],
          [['⇧ →'], t('pipeline.next_stage')],
        ]}
      >
        <div className="totals">
          <span>
            {t('pipeline.in_play')}
            <b>{money(sums?.amount)}</b>
          </span>
          <span>
            {t('pipeline.weighted')}
            <b>{money(sums?.weighted)}</b>
          </span>
        </div>
      </Foot>
    </main>
  );
}
