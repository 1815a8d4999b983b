/** Of what a bill is written: something that is there, or a new name. Lines may be typed before the answer has come. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { useSend } from '../../api/commands';
import { commandOf, type Entity, useEntity, useModel } from '../../api/model';
import { fetchPage, functionQuery, recordQuery, search } from '../../api/odata';
import { listPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { Labelled } from '../../ui/inputs';
import { LookUp, type Option } from '../../ui/LookUp';
import { Note, Problem } from '../../ui/notes';
import BillPage from './BillPage';
import { ahead } from './typing';

async function findProducts(text: string, signal: AbortSignal): Promise<Option[]> {
  const hits = await search(text, ['Product'], 8, signal);
  return hits.map((h) => ({ id: h.id, title: h.title, note: h.note }));
}

type Whom = { id: number; title: string };

/** The page goes over into that of the bill without a moment in which nothing takes what is typed. */
export default function BillDeskPage() {
  const { bill } = useSearch({ strict: false }) as { bill?: number };
  const navigate = useNavigate();
  const [opened, setOpened] = useState<number | null>(null);
  const shown = opened ?? bill;
  function open(id: number): void {
    setOpened(id);
    void navigate({ to: '/bill', search: { bill: id } as never, replace: true });
  }
  return shown ? <BillPage key={shown} id={shown} /> : <BillStart onOpen={open} />;
}

function BillStart({ onOpen }: { onOpen: (bill: number) => void }) {
  const { t } = useTranslation();
  const bills = useEntity('Bill') as Entity;
  const products = useEntity('Product');
  const given = useSearch({ strict: false }) as { product_id?: number; product?: string };
  const preset = given.product_id
    ? { id: given.product_id, title: String(given.product ?? `#${given.product_id}`) }
    : null;
  const [whom, setWhom] = useState<Whom | null>(preset);
  const [unknown, setUnknown] = useState<string | null>(null);
  const [text, setText] = useState('');
  const entry = useRef<HTMLInputElement>(null);
  const { open, begin, fault, missing } = useOpening(bills, onOpen);
  const writes = commandOf(bills, 'enter') !== undefined;

  // Who comes from a product sees the bill that it has; nothing is begun by looking.
  useEffect(() => {
    if (ahead.bill === null) Object.assign(ahead, { text: '', lines: [] });
    if (preset) void open(preset.id);
  }, [preset?.id]);

  const chosen = (option: Option | null) => {
    if (option) entry.current?.focus();
    setUnknown(null);
    setWhom(option ? { id: Number(option.id), title: option.title } : null);
    if (!option) return;
    void (writes ? begin({ product_id: option.id }) : open(Number(option.id)));
  };
  const create = (name: string) => {
    entry.current?.focus();
    setUnknown(null);
    setWhom({ id: 0, title: name });
    void begin({ name });
  };
  return (
    <main className="page" id="main">
      <Top title={t('bill.title')} crumbs={[{ label: bills.labels, to: listPath(bills) }]} />
      <section className="rec odh" aria-label={t('bill.title')}>
        <Labelled label={t('bill.of_what')} fault={fault?.byField().get('name')}>
          {(ids) => (
            <LookUp
              id={ids.id}
              described={ids['aria-describedby']}
              className="in strong"
              autoFocus
              value={whom}
              find={findProducts}
              nothing={t('look.nothing')}
              {...(writes && products?.rights.create
                ? { create: { label: (name: string) => t('bill.new_product', { text: name }), run: create } }
                : {})}
              onAhead={() => entry.current?.focus()}
              onOpenText={setUnknown}
              onPick={chosen}
            />
          )}
        </Labelled>
      </section>
      {fault && (
        <div className="sec">
          <Problem message={fault.message} advice={fault.advice} />
        </div>
      )}
      {unknown !== null && (
        <div className="sec">
          <Note
            tone="warn"
            action={<Button onClick={() => create(unknown)}>{t('bill.new_product', { text: unknown })}</Button>}
          >
            {t('bill.unknown', { text: unknown })}
          </Note>
        </div>
      )}
      {missing && whom && (
        <div className="sec">
          <Note
            action={
              writes && (
                <Button look="primary" onClick={() => void begin({ product_id: whom.id })}>
                  {t('bill.begin')}
                </Button>
              )
            }
          >
            {t('bill.has_none', { what: whom.title })}
          </Note>
        </div>
      )}
      {writes && (
        <section className="sec bill-tree" aria-label={t('bill.tree')}>
          <div className="entry-line">
            <input
              ref={entry}
              className="in entry"
              aria-label={t('bill.entry')}
              autoComplete="off"
              placeholder={t('bill.example')}
              value={text}
              onChange={(e) => {
                setText(e.target.value);
                ahead.text = e.target.value;
              }}
              onKeyDown={(e) => {
                if (e.key !== 'Enter' || text.trim() === '') return;
                e.preventDefault();
                ahead.lines.push(text.trim());
                ahead.text = '';
                setText('');
              }}
            />
            <p className="ink3 small">{t('bill.hint')}</p>
            {ahead.lines.map((line, i) => (
              <p key={i} className="ink2">
                {line}
              </p>
            ))}
          </div>
        </section>
      )}
      <Foot keys={[[['Enter'], t('keys.next_line')]]} />
    </main>
  );
}

/** To the bill of a product: the one that it has, or its first one. */
function useOpening(bills: Entity, onOpen: (bill: number) => void) {
  const send = useSend();
  const client = useQueryClient();
  const { entities } = useModel();
  const [fault, setFault] = useState<Refused | null>(null);
  const [missing, setMissing] = useState(false);
  async function tried(work: () => Promise<number | null>): Promise<void> {
    setFault(null);
    setMissing(false);
    try {
      const id = await work();
      if (id === null) return setMissing(true);
      onOpen(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    }
  }
  const open = (product: number) =>
    tried(async () => {
      const ask = {
        filter: `product_id eq ${product} and archived eq false`,
        orderby: 'revision desc',
        top: 1,
        select: ['id'],
      };
      return (await fetchPage(bills.set, ask)).value[0]?.id ?? null;
    });
  const begin = (body: Record<string, unknown>) =>
    tried(async () => {
      const reply = await send(bills, { command: 'enter', body });
      const { product_id } = reply.result as { product_id: number };
      // The page opens with its field: until then this one takes what is typed.
      await Promise.all([
        client.prefetchQuery(recordQuery(bills, reply.id, entities)),
        client.prefetchQuery(functionQuery(entities.Product, product_id, 'structure', { bill_id: reply.id })),
      ]);
      ahead.bill = reply.id;
      return reply.id;
    });
  return { open, begin, fault, missing };
}
