/** A bill of materials as one page: the tree of all levels, typed like the lines of an order. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { commandOf, type Entity, editable, useEntity, useModel } from '../../api/model';
import { recordQuery } from '../../api/odata';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';
import { date, money, price, quantity } from '../../ui/format';
import { Figure, Figures } from '../../ui/marks';
import { BillRevision } from './BillRevision';
import { BillTree } from './BillTree';
import { useBillDesk } from './billDesk';
import { ForOrder } from './ForOrder';
import { MakeStrip } from './MakeStrip';
import { useMaking } from './making';
import type { Structure } from './structure';

export default function BillPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('Bill') as Entity;
  const { entities } = useModel();
  const row = useQuery(recordQuery(entity, id, entities)).data;
  const canEdit = row !== undefined && editable(entity, row) && commandOf(entity, 'enter') !== undefined;
  // What is taken apart has its parts the other way round: its page is that of any record.
  const apart = row?.kind === 'disassembly';
  const desk = useBillDesk(id, apart ? undefined : (row?.product_id as number | undefined), canEdit);
  const [making, setMaking] = useState(false);
  const { can } = useMaking(desk.rows);
  const make = () => setMaking(true);
  const send = useSend();
  const release = () => void send(entity, { command: 'release', id });
  const slots = (of: Row): RecordSlots => {
    if (apart) return { without: ['release'] };
    // A bill that was drawn for an order makes that order, once it is released.
    const drawn = typeof of.order_line_id === 'number';
    const waits = drawn && !of.released_on;
    const makes = can && of.kind === 'make' && !waits;
    const releases = waits && commandOf(entity, 'release') !== undefined;
    return {
      hides: ['components', 'operations', 'order_entity', 'released_on'],
      figures: desk.structure.data && <BillFigures structure={desk.structure.data} revision={Number(of.revision)} />,
      // One primary button at a time.
      primary: releases
        ? { label: t('bill.release'), run: release }
        : makes && !making
          ? { label: t('bill.make'), run: make }
          : undefined,
      without: drawn ? ['release', 'revise'] : ['release'],
      strip: (
        <>
          {drawn && (
            <ForOrder row={of} label={t('bill.for_order')}>
              {of.released_on ? t('bill.released_on', { date: date(of.released_on) }) : t('bill.not_released')}
            </ForOrder>
          )}
          {making && <MakeStrip desk={desk} bill={drawn ? id : null} onClose={() => setMaking(false)} />}
        </>
      ),
      actions: [
        ...desk.actions,
        ...(makes ? [{ id: 'make', label: t('bill.make'), keys: ['mod+Enter'], quiet: true, run: make }] : []),
      ],
      above: <BillTree desk={desk} />,
      below: <BillRevision entity={entity} id={id} revision={Number(of.revision)} />,
    };
  };
  return <RecordPage entity={entity} id={id} slots={slots} />;
}

/** What one costs over all levels, and how long it is worked on. */
function BillFigures({ structure, revision }: { structure: Structure; revision: number }) {
  const { t } = useTranslation();
  const { cost, material, labour, outside, minutes } = structure;
  return (
    <Figures>
      {cost !== null && (
        <Figure
          label={t('bill.unit_cost')}
          sub={structure.quantity === 1 ? t('bill.all_levels') : t('bill.in_lots', { n: quantity(structure.quantity) })}
        >
          {price(Math.round(cost * 100) / 100)}
        </Figure>
      )}
      {material !== null && <Figure label={t('bill.material')}>{money(material)}</Figure>}
      {labour !== null && <Figure label={t('bill.labour')}>{money(labour)}</Figure>}
      {outside !== null && outside > 0 && <Figure label={t('bill.bought_work')}>{money(outside)}</Figure>}
      <Figure label={t('bill.time')} sub={t('bill.all_levels')}>
        {t('bill.min', { n: quantity(Math.round(minutes * 100) / 100) })}
      </Figure>
      <Figure label={t('bill.revision_word')}>{revision}</Figure>
    </Figures>
  );
}
