/** A whole order without a mouse, while on the telephone. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { newKey, useSend } from '../../api/commands';
import { commandOf, useEntity } from '../../api/model';
import { recordPath } from '../../record/paths';
import { quickNew } from '../../record/quickNew';
import { Foot, Top } from '../../record/Top';
import { WarehouseChoice } from '../../record/warehouses';
import { Button } from '../../ui/Button';
import { money, percent } from '../../ui/format';
import { DateInput, Labelled, TextInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { LookUp } from '../../ui/LookUp';
import { Menu } from '../../ui/Menu';
import { Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import { CustomerFigures } from './CustomerFigures';
import { findCustomers } from './customers';
import { DeskTable } from './DeskTable';
import { type Desk, EMPTY, forgetDesk, useDesk, useKnown, useResolve, useTotals } from './desk';
import type { DeskLine, Known } from './deskLine';
import { useTrueDates } from './promise';
import { WouldDo } from './WouldDo';

type Then = 'draft' | 'quote' | 'mail' | 'order' | 'pdf';

export default function OrderDesk() {
  const { t } = useTranslation();
  const entity = useEntity('SalesOrder');
  const parties = useEntity('Party');
  const given = useSearch({ strict: false }) as { customer_id?: number; customer?: string };
  const preset = given.customer_id
    ? { id: given.customer_id, title: String(given.customer ?? `#${given.customer_id}`) }
    : null;
  const [desk, setDesk] = useDesk(preset);
  const known = useTrueDates(useKnown(entity, desk), desk);
  const totals = useTotals(useEntity('TaxCode'), known);
  const entry = useRef<HTMLInputElement>(null);
  const put = (key: string, by: Partial<DeskLine>) =>
    setDesk((d) => ({ ...d, lines: d.lines.map((l) => (l.key === key ? { ...l, ...by } : l)) }));
  useResolve(desk.lines, put);
  // The customer as typed, for as long as the answer is on its way.
  const [ahead, setAhead] = useState<string | null>(null);
  const { make, fault, busy } = useMaking(desk, ahead !== null || desk.lines.some((l) => !l.product && !l.missing));
  const sends = commandOf(entity, 'quote') !== undefined;
  const clear = () => setDesk(EMPTY);
  useActions([
    { id: 'order', label: t('desk.make'), keys: ['mod+Enter'], run: () => void make('order') },
    { id: 'quote', label: t('desk.quote'), keys: ['alt+q'], run: () => void make('quote') },
    { id: 'mail', label: t('desk.mail'), keys: ['mod+m'], run: () => void make('mail') },
    { id: 'pdf', label: t('desk.pdf'), keys: ['mod+p'], run: () => void make('pdf') },
    { id: 'draft', label: t('desk.draft'), keys: ['mod+s'], run: () => void make('draft') },
    { id: 'clear', label: t('desk.clear'), run: clear },
  ]);
  const faults = fault?.byField() ?? new Map();
  async function newCustomer(text: string) {
    if (!parties) return;
    const made = await quickNew(parties, text, 'customer_id').catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      say(`${error.message} ${error.advice}`);
    });
    if (!made) return;
    setDesk((d) => ({ ...d, customer: { id: made.id, title: String(made.record?.title ?? text) } }));
    entry.current?.focus();
  }
  return (
    <main className="page" id="main">
      <Top title={t('desk.new')} crumbs={entity ? [{ label: entity.labels, to: `/${entity.set}` }] : []}>
        <span className="ink3 desk">{t('desk.kept')}</span>
        <Menu
          label={t('app.more')}
          items={[
            ...(sends
              ? [
                  { id: 'quote', label: t('desk.quote'), k: 'alt+q', run: () => void make('quote') },
                  { id: 'mail', label: t('desk.mail'), k: 'mod+m', run: () => void make('mail') },
                  { id: 'pdf', label: t('desk.pdf'), k: 'mod+p', run: () => void make('pdf') },
                ]
              : []),
            { id: 'draft', label: t('desk.draft'), k: 'mod+s', run: () => void make('draft') },
            { id: 'clear', label: t('desk.clear'), run: clear },
          ]}
        />
        {sends && (
          <Button k="alt+q" disabled={busy} className="desk" onClick={() => void make('quote')}>
            {t('desk.quote')}
          </Button>
        )}
        <Button look="primary" k="mod+Enter" disabled={busy} onClick={() => void make('order')}>
          {t('desk.make')}
        </Button>
      </Top>
      <section className="rec odh" aria-label={t('desk.terms')}>
        <Labelled label={t('desk.customer')} fault={faults.get('customer_id')}>
          {(ids) => (
            <LookUp
              id={ids.id}
              described={ids['aria-describedby']}
              className="in strong"
              autoFocus={desk.customer === null}
              value={desk.customer}
              find={findCustomers}
              nothing={t('look.nothing')}
              create={{ label: (text) => t('desk.new_customer', { text }), run: (text) => void newCustomer(text) }}
              onAhead={(text) => {
                setAhead(text);
                entry.current?.focus();
              }}
              onOpenText={() => setAhead(null)}
              onPick={(option) => {
                setAhead(null);
                setDesk((d) => ({ ...d, customer: option ? { id: Number(option.id), title: option.title } : null }));
                if (option) entry.current?.focus();
              }}
            />
          )}
        </Labelled>
        <Labelled label={t('desk.reference')}>
          {(ids) => (
            <TextInput {...ids} value={desk.reference} onValue={(reference) => setDesk((d) => ({ ...d, reference }))} />
          )}
        </Labelled>
        <Labelled label={t('desk.wanted')}>
          {(ids) => <DateInput {...ids} value={desk.wanted} onValue={(wanted) => setDesk((d) => ({ ...d, wanted }))} />}
        </Labelled>
        <WarehouseChoice
          label={t('desk.warehouse')}
          value={desk.warehouse}
          onValue={(warehouse) => setDesk((d) => ({ ...d, warehouse }))}
        />
        {desk.customer && <CustomerFigures id={desk.customer.id} />}
      </section>
      {fault && (
        <div className="sec">
          <Problem message={fault.message} advice={fault.advice} />
        </div>
      )}
      <DeskTable
        lines={desk.lines}
        known={known}
        entry={entry}
        autoFocus={desk.customer !== null}
        onAdd={(lines) => setDesk((d) => ({ ...d, lines: [...d.lines, ...lines] }))}
        onLine={put}
        onLines={(lines) => setDesk((d) => ({ ...d, lines }))}
      />
      <Sums desk={desk} known={known} totals={totals} />
      <Foot
        keys={[
          [['Tab'], t('keys.next_cell')],
          [['Enter'], t('keys.next_line')],
          [['Alt', '↑'], t('desk.move')],
          [['Ctrl', 'M'], t('desk.mail')],
          [['Ctrl', 'P'], t('desk.pdf')],
        ]}
      />
    </main>
  );
}

function Sums({
  desk,
  known,
  totals,
}: {
  desk: Desk;
  known: (Known | undefined)[];
  totals: ReturnType<typeof useTotals>;
}) {
  const { t } = useTranslation();
  return (
    <section className="dry" aria-label={t('desk.would')} aria-live="polite">
      <WouldDo desk={desk} known={known} date={totals.date} />
      <dl className="sum">
        <dt>{t('desk.net')}</dt>
        <dd>{money(totals.net)}</dd>
        <dt>{t('desk.tax')}</dt>
        <dd>{money(totals.tax)}</dd>
        <dt className="t5">{t('desk.total')}</dt>
        <dd className="t5">{money(totals.gross)}</dd>
        <dt>{t('desk.margin')}</dt>
        <dd>{totals.net ? percent(totals.margin / totals.net) : '–'}</dd>
      </dl>
    </section>
  );
}

/** Makes the order, and takes it as far as was asked; what is refused on the way leaves the draft standing. */
function useMaking(desk: Desk, looking: boolean) {
  const { t } = useTranslation();
  const entity = useEntity('SalesOrder');
  const send = useSend();
  const navigate = useNavigate();
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());

  function problem(code: string, message: string, advice: string, field: string): void {
    setFault(new Refused(0, [{ code, message, advice, field }]));
  }

  const [waits, setWaits] = useState<Then | null>(null);
  // Asked for before everything typed was found: it follows as soon as it is.
  useEffect(() => {
    if (waits === null || looking) return;
    setWaits(null);
    void make(waits);
  });

  async function make(then: Then): Promise<void> {
    if (!entity || busy) return;
    if (looking) return setWaits(then);
    if (!desk.customer) return problem('web.customer', t('desk.no_customer'), t('desk.no_customer_do'), 'customer_id');
    const open = desk.lines.find((l) => !l.product);
    if (open) return problem('web.line', t('desk.line_open', { text: open.typed }), t('desk.line_open_do'), 'lines');
    if (desk.lines.length === 0) return problem('web.lines', t('desk.no_lines'), t('desk.no_lines_do'), 'lines');
    setBusy(true);
    setFault(null);
    try {
      const made = await send(entity, { command: 'create', body: bodyOf(desk), key: key.current });
      forgetDesk();
      const open = recordPath(entity, made.id);
      try {
        if (then === 'quote' || then === 'mail' || then === 'pdf')
          await send(entity, { command: 'quote', id: made.id, body: then === 'mail' ? { send: true } : {} });
        if (then === 'order') await send(entity, { command: 'confirm', id: made.id });
        if (then === 'pdf') window.open(`/pdf/${entity.set}(${made.id})/quote`, '_blank');
        say(t(`desk.done.${then}`, { what: made.record?.title ?? '' }));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        say(`${error.message} ${error.advice}`);
      }
      await navigate({ to: open });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      key.current = newKey();
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { make, fault, busy };
}

function bodyOf(desk: Desk): Record<string, unknown> {
  return {
    customer_id: desk.customer?.id,
    ...(desk.reference ? { your_reference: desk.reference } : {}),
    ...(desk.wanted ? { requested_on: desk.wanted } : {}),
    ...(desk.warehouse ? { warehouse_id: desk.warehouse } : {}),
    lines: desk.lines.map((l) => ({
      product_id: l.product?.id,
      quantity: l.quantity,
      ...(l.price === null ? {} : { unit_price: l.price }),
      ...(l.discount === null ? {} : { discount_percent: l.discount }),
    })),
  };
}
