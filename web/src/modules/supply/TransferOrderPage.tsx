/** A transfer order: what has come of it and what has not, and whom it hits if it slips. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { commandOf, type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Button } from '../../ui/Button';
import { quantity } from '../../ui/format';
import { Labelled, NumberInput, TextInput } from '../../ui/inputs';
import { Problem } from '../../ui/notes';
import { Hurts } from './Hurts';

export default function TransferOrderPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('TransferOrder') as Entity;
  const paper = (row: Row) => `/pdf/${entity.set}(${row.id})/transfer_note`;
  const open = (row: Row) => row.state === 'confirmed' || row.state === 'shipped';
  const receives = commandOf(entity, 'receive') !== undefined;
  return (
    <RecordPage
      entity={entity}
      id={id}
      slots={(row) => ({
        papers: [{ name: 'transfer_note', label: t('papers.transfer_note'), url: paper(row), k: 'p' }],
        ...(receives && row.state === 'shipped'
          ? { above: <Arrival key={row.version} entity={entity} row={row} /> }
          : {}),
        ...(open(row) ? { below: <Hurts about="TransferOrder" id={id} /> } : {}),
      })}
    />
  );
}

interface Piece {
  id: number;
  name: string;
  lot: string;
  open: number;
}

function pieces(row: Row): Piece[] {
  return ((row.lines as Row[] | undefined) ?? [])
    .map((line) => ({
      id: line.id,
      name: String((line.product as { title?: string } | null)?.title ?? `#${line.product_id}`),
      lot: String(line.lot ?? ''),
      open: Number(line.shipped) - Number(line.received) - Number(line.lost),
    }))
    .filter((p) => p.open > 0);
}

/** Where something is missing: what came is typed, and why the rest did not; without a reason it is still on its way. */
function Arrival({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const send = useSend();
  const all = pieces(row);
  const [came, setCame] = useState<Record<number, number>>({});
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  async function receive() {
    if (busy) return;
    setBusy(true);
    setFault(null);
    const lines = all.map((p) => {
      const got = came[p.id] ?? p.open;
      return { line_id: p.id, quantity: got, ...(reason.trim() && got < p.open ? { lost: p.open - got } : {}) };
    });
    try {
      await send(entity, { command: 'receive', id: row.id, body: { lines, ...(reason.trim() ? { reason } : {}) } });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <section className="sec" aria-label={t('transfer.arrival')}>
      <div className="head">
        <h2>{t('transfer.arrival')}</h2>
      </div>
      {fault && <Problem message={fault.message} advice={fault.advice} />}
      <div className="scroll-x">
        <table className="t">
          <caption className="sr">{t('transfer.arrival')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('desk.article')}</th>
              <th scope="col" className="num">
                {t('transfer.under_way')}
              </th>
              <th scope="col" className="num">
                {t('transfer.came')}
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((p) => (
              <tr key={p.id}>
                <td>
                  <span className="strong">{p.name}</span> {p.lot && <span className="code">{p.lot}</span>}
                </td>
                <td className="num">{quantity(p.open)}</td>
                <td>
                  <NumberInput
                    className="cell num"
                    aria-label={t('transfer.came_of', { what: p.name })}
                    value={came[p.id] ?? p.open}
                    show={quantity}
                    onValue={(v) => setCame((now) => ({ ...now, [p.id]: v ?? 0 }))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Labelled label={t('transfer.reason')} hint={t('transfer.reason_hint')}>
        {(ids) => <TextInput {...ids} value={reason} onValue={setReason} />}
      </Labelled>
      <p>
        <Button disabled={busy} onClick={() => void receive()}>
          {t('transfer.receive')}
        </Button>
      </p>
    </section>
  );
}
