/** How many are to be made, and by when: one key on, the orders of all levels are on the shop floor. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { useEntity } from '../../api/model';
import { recordPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { quantity as shown } from '../../ui/format';
import { DateInput, Labelled, NumberInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import type { BillDesk } from './billDesk';
import { useMaking } from './making';

interface Props {
  desk: BillDesk;
  /** The bill of an order, where it is one. */
  bill: number | null;
  onClose: () => void;
}

export function MakeStrip({ desk, bill, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const orders = useEntity('WorkOrder');
  const [many, setMany] = useState<number | null>(1);
  const [due, setDue] = useState<string | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const { make, busy } = useMaking(desk.rows);
  const top = desk.rows[0];
  // What is typed and not on the bill yet would be missing from the order.
  const waits = desk.typing.busy;
  const works = desk.rows.some((r) => r.kind === 'operation');
  useActions([{ id: 'make-stop', label: t('app.cancel'), keys: ['Escape'], inField: true, quiet: true, run: onClose }]);

  async function go(): Promise<void> {
    if (top?.kind !== 'component' || !orders || waits) return;
    setFault(null);
    try {
      const made = await make(top.product_id, many ?? 0, due, bill);
      const last = made?.orders.at(-1);
      if (!made || last === undefined) return;
      if (made.fault) {
        say(`${made.fault.message} ${made.fault.advice}`);
        await navigate({ to: recordPath(orders, last) });
        return;
      }
      say(t('bill.made', { count: made.orders.length, n: shown(many), what: top.product }));
      if (works) await navigate({ to: '/floor', search: { orders: made.orders } as never });
      else await navigate({ to: recordPath(orders, last) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    }
  }

  const faults = fault?.byField() ?? new Map();
  return (
    <section className="run-panel" aria-label={t('bill.make')}>
      <div className="head">
        <h2>{t('bill.make_what', { what: top?.kind === 'component' ? top.product : '' })}</h2>
      </div>
      <form
        className="run-form"
        onSubmit={(e) => {
          e.preventDefault();
          void go();
        }}
      >
        <Labelled label={t('bill.how_many')} fault={faults.get('quantity')}>
          {(ids) => <NumberInput {...ids} autoFocus value={many} show={shown} onValue={setMany} />}
        </Labelled>
        <Labelled label={t('bill.by_when')} fault={faults.get('due_on')}>
          {(ids) => <DateInput {...ids} value={due} onValue={setDue} />}
        </Labelled>
        <button type="submit" className="sr" tabIndex={-1} aria-hidden="true" />
      </form>
      <p className="ink2">{t('bill.makes_all')}</p>
      {fault && <Problem message={fault.message} advice={fault.advice} />}
      <div className="acts">
        <Button look="primary" k="Enter" disabled={busy || waits} onClick={() => void go()}>
          {t('bill.make_release')}
        </Button>
        <Button look="quiet" k="Escape" onClick={onClose}>
          {t('app.cancel')}
        </Button>
      </div>
    </section>
  );
}
