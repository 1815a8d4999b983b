/** The pegging tree: each supply up to the customers and down to the materials, folded and unfolded by keys. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { date, money, quantity } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars } from '../../ui/notes';
import { DocLink, ItemLink, QuoteMark, useComes, useWhose } from './marks';
import { flat, type PegNode, type PegRow } from './pegs';

export function Pegging({ id, warehouse }: { id: number; warehouse?: number | undefined }) {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const product = useEntity('Product') as Entity;
  const asked = useQuery(
    functionQuery<{ value: PegNode[]; cut: boolean }>(product, null, 'pegging', {
      product_id: id,
      warehouse_id: warehouse,
    }),
  );
  // What is folded differently than at first: supplies are open by one level.
  const [turned, setTurned] = useState<Set<string>>(new Set());
  const [all, setAll] = useState(false);
  const rows = useMemo(() => flat(asked.data?.value ?? [], turned, all), [asked.data, turned, all]);
  const [place, setPlace] = useState(0);
  const at = Math.min(place, Math.max(0, rows.length - 1));
  const row = rows[at];
  const turn = (one: PegRow | undefined) => {
    if (!one?.children) return;
    const next = new Set(turned);
    if (!next.delete(one.key)) next.add(one.key);
    setTurned(next);
  };
  const go = (to: number) => setPlace(Math.min(Math.max(0, to), rows.length - 1));
  function open() {
    const doc = row?.node.document;
    const entity = doc && model.entities[doc.entity];
    if (doc && entity) void navigate({ to: recordPath(entity, doc.id) });
    else if (row?.node.product_id && row.node.product_id !== id) void navigate({ to: `/plan/${row.node.product_id}` });
  }
  const fold = () => {
    setTurned(new Set());
    setAll(!all);
  };
  useActions([
    { id: 'peg-down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => go(at + 1) },
    { id: 'peg-up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => go(at - 1) },
    {
      id: 'unfold',
      label: t('pegs.unfold'),
      keys: ['ArrowRight'],
      quiet: true,
      run: () => (row?.open ? go(at + 1) : turn(row)),
    },
    {
      id: 'fold',
      label: t('pegs.fold'),
      keys: ['ArrowLeft'],
      quiet: true,
      run: () => (row?.open ? turn(row) : go(rows.findLastIndex((r, i) => i < at && r.level < (row?.level ?? 0)))),
    },
    { id: 'fold-all', label: t(all ? 'pegs.fold_all' : 'pegs.unfold_all'), keys: ['f'], run: fold },
    { id: 'peg-open', label: t('app.open'), keys: ['Enter'], run: open },
  ]);
  return (
    <section className="sec" aria-label={t('plan.supplies')}>
      <div className="head">
        <h2>{t('plan.supplies')}</h2>
        <span className="count">{asked.data?.value.length ?? ''}</span>
        <Button look="quiet" className="end" k="f" onClick={fold}>
          {t(all ? 'pegs.fold_all' : 'pegs.unfold_all')}
        </Button>
      </div>
      {asked.isPending && <Bars />}
      {asked.data && rows.length === 0 && <p className="ink3">{t('plan.no_supplies')}</p>}
      <ul className="tree">
        {rows.map((r, i) => (
          <TreeRow key={r.key} row={r} current={i === at} onRow={() => setPlace(i)} onTurn={() => turn(r)} />
        ))}
      </ul>
      {asked.data?.cut && <p className="ink3">{t('pegs.cut')}</p>}
    </section>
  );
}

interface RowProps {
  row: PegRow;
  current: boolean;
  onRow: () => void;
  onTurn: () => void;
}

function TreeRow({ row, current, onRow, onTurn }: RowProps) {
  const { t } = useTranslation();
  const line = useRef<HTMLLIElement>(null);
  const was = useRef(current);
  useEffect(() => {
    if (current && !was.current) line.current?.scrollIntoView({ block: 'nearest' });
    was.current = current;
  }, [current]);
  const { node } = row;
  const Way = row.way === 'up' ? ArrowUp : ArrowDown;
  const what = `${t(`pegs.kind.${node.role ?? node.kind}`)} ${node.product ?? node.number ?? ''}`;
  return (
    <li
      ref={line}
      className={current ? 'cur' : ''}
      aria-current={current || undefined}
      style={{ paddingLeft: `${8 + row.level * 22}px` }}
      onClick={onRow}
    >
      {row.children ? (
        <button type="button" className="turn" aria-expanded={row.open} aria-label={what} onClick={onTurn}>
          {row.open ? (
            <ChevronDown className="i s" aria-hidden="true" />
          ) : (
            <ChevronRight className="i s" aria-hidden="true" />
          )}
        </button>
      ) : (
        <span className="turn" />
      )}
      {row.way && (
        <span className="way">
          <Way className="i s" aria-hidden="true" />
          <span className="sr">{t(`pegs.${row.way}`)}</span>
        </span>
      )}
      <NodeText node={node} />
    </li>
  );
}

function NodeText({ node }: { node: PegNode }) {
  const { t } = useTranslation();
  const comes = useComes();
  const whose = useWhose();
  const mark = node.late ? 'bad-s' : node.kind === 'planned' ? 'prop' : node.kind === 'on_hand' ? 'ok-s' : 'now';
  return (
    <>
      <span className={`st ${mark}`}>
        {node.kind === 'order' ? (
          <>
            <span className="strong">{whose(node)}</span> <QuoteMark of={node} />
          </>
        ) : (
          <>
            <span className="ink2">{t(`pegs.kind.${node.role ?? node.kind}`)}</span>{' '}
            {node.product_id ? (
              <ItemLink id={node.product_id} warehouse={node.warehouse_id}>
                {node.product ?? ''}
              </ItemLink>
            ) : (
              <span className="strong">{node.product}</span>
            )}
          </>
        )}
      </span>
      <b>{quantity(node.quantity)}</b>
      {node.document && <DocLink doc={node.document} />}
      {node.kind === 'receipt' && node.party && <span className="ink3">{node.party}</span>}
      <span className={`when ${node.late ? 'bad' : 'ink2'}`}>
        {node.start_on && `${date(node.start_on)} → `}
        {node.kind === 'order'
          ? node.late
            ? comes(node)
            : t('plan.due', { date: date(node.due_on) })
          : node.on
            ? date(node.on)
            : ''}
        {node.kind === 'order' && node.net ? ` · ${money(node.net)}` : ''}
      </span>
    </>
  );
}
