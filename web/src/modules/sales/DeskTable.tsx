/** The lines of the order desk: one field to type into, and everything known about each line as text. */
import { useQuery } from '@tanstack/react-query';
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '../../api/model';
import { useEntity } from '../../api/model';
import { listQuery, searchQuery } from '../../api/odata';
import { parseNumber } from '../../ui/entry';
import { date, money, price, quantity } from '../../ui/format';
import { NumberInput } from '../../ui/inputs';
import { Found, LookUp } from '../../ui/LookUp';
import { type DeskLine, type Known, newLine, readBlock, readLine } from './deskLine';
import { findProducts } from './products';

interface Props {
  lines: DeskLine[];
  known: (Known | undefined)[];
  entry: RefObject<HTMLInputElement | null>;
  autoFocus: boolean;
  onAdd: (lines: DeskLine[]) => void;
  onLine: (key: string, by: Partial<DeskLine>) => void;
  onLines: (lines: DeskLine[]) => void;
}

export function DeskTable(props: Props) {
  const { t } = useTranslation();
  const { lines, known } = props;
  function keyDown(event: KeyboardEvent, at: number) {
    const cell = (event.target as HTMLElement).closest('td')?.cellIndex ?? 0;
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const to = at + (event.key === 'ArrowUp' ? -1 : 1);
      const line = lines[at];
      if (!line || to < 0 || to >= lines.length) return;
      props.onLines(lines.toSpliced(at, 1).toSpliced(to, 0, line));
      focusCell(event.currentTarget.closest('table'), to, cell);
    } else if (event.ctrlKey && event.key === 'Backspace') {
      props.onLines(lines.toSpliced(at, 1));
      props.entry.current?.focus();
    } else if (event.key === 'Enter' && !event.ctrlKey) {
      props.entry.current?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div className="scroll-x">
      <table className="t lines desk-lines">
        <caption className="sr">{t('desk.lines')}</caption>
        <thead>
          <tr>
            <th scope="col" className="num">
              {t('desk.qty')}
            </th>
            <th scope="col">{t('desk.article')}</th>
            <th scope="col" className="num">
              {t('desk.price')}
            </th>
            <th scope="col" className="num">
              {t('desk.discount')}
            </th>
            <th scope="col" className="num">
              {t('desk.net')}
            </th>
            <th scope="col">{t('desk.stock')}</th>
            <th scope="col">{t('desk.date')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, at) => (
            <Line
              key={line.key}
              line={line}
              known={known[at]}
              at={at}
              onLine={props.onLine}
              onKey={(e) => keyDown(e, at)}
            />
          ))}
          <Entry {...props} />
        </tbody>
      </table>
    </div>
  );
}

function focusCell(table: HTMLTableElement | null, line: number, cell: number): void {
  requestAnimationFrame(() => table?.tBodies[0]?.rows[line]?.cells[cell]?.querySelector('input')?.focus());
}

interface LineProps {
  line: DeskLine;
  known: Known | undefined;
  at: number;
  onLine: Props['onLine'];
  onKey: (event: KeyboardEvent) => void;
}

function Line({ line, known, at, onLine, onKey }: LineProps) {
  const { t } = useTranslation();
  const n = at + 1;
  const late = known?.by === 'offer' || known?.by === 'nothing';
  return (
    <tr onKeyDown={onKey}>
      <td>
        <NumberInput
          className="cell num"
          aria-label={t('desk.qty_of', { n })}
          value={line.quantity}
          show={quantity}
          onValue={(v) => onLine(line.key, { quantity: v ?? 0 })}
        />
      </td>
      <td>
        <LookUp
          className={`cell strong ${line.missing ? 'wrong' : ''}`}
          label={t('desk.article_of', { n })}
          value={line.product ?? (line.typed ? { id: 0, title: line.typed } : null)}
          find={findProducts}
          nothing={t('look.nothing')}
          onPick={(option) =>
            option &&
            onLine(line.key, { product: { id: Number(option.id), title: option.title }, missing: false, typed: '' })
          }
          onOpenText={(typed) => onLine(line.key, { typed, product: null, missing: false })}
        />
        <span className={`why ${line.missing ? 'bad' : 'code'}`}>
          {line.missing ? t('desk.not_found') : (known?.code ?? t('desk.looking'))}
        </span>
      </td>
      <td>
        <NumberInput
          className="cell num"
          aria-label={t('desk.price_of', { n })}
          value={line.price ?? known?.unit_price ?? null}
          show={price}
          onValue={(v) => onLine(line.key, { price: v })}
        />
      </td>
      <td>
        <NumberInput
          className="cell num"
          aria-label={t('desk.discount_of', { n })}
          value={line.discount}
          show={quantity}
          onValue={(v) => onLine(line.key, { discount: v })}
        />
      </td>
      <td className="num">
        <div className="c">
          {known ? money(known.net) : '–'}
          {known && known.margin_percent !== null && (
            <span className={`why ${known.margin < 0 ? 'bad' : ''}`}>
              {t('desk.margin_is', { percent: quantity(known.margin_percent) })}
            </span>
          )}
        </div>
      </td>
      <td>
        <div className="c nowrap">
          {known ? (known.by === 'service' ? t('desk.service') : t('desk.free', { n: quantity(known.free) })) : ''}
          {known?.elsewhere?.map((w) => (
            <span key={w.warehouse_id} className="why">
              {t('desk.free_in', { n: quantity(w.free), warehouse: w.warehouse })}
            </span>
          ))}
        </div>
      </td>
      <td>
        <div className="c">
          {known && <span className="strong">{known.available_on ? date(known.available_on) : t('desk.no_date')}</span>}
          {known && <span className={`why ${late ? 'warn' : ''}`}>{known.reason ?? t(`desk.by.${known.by}`)}</span>}
        </div>
      </td>
    </tr>
  );
}

/** `3 han160 Enter`: the next line, found while it is typed, or later. */
function Entry({ entry, autoFocus, onAdd, lines, onLines }: Props) {
  const { t } = useTranslation();
  const products = useEntity('Product');
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const { quantity: amount, words } = readLine(text, parseNumber);
  const asked = useQuery(searchQuery(words, ['Product'], 8));
  const fresh = !asked.isPlaceholderData && asked.isSuccess;
  const hits = words === '' ? [] : (asked.data ?? []);
  const prices = useQuery({
    ...listQuery<{ id: number; list_price: number }>(products as Entity, {
      select: ['id', 'list_price'],
      filter: `id in (${hits.map((h) => h.id).join(',') || 0})`,
    }),
    enabled: hits.length > 0 && products !== undefined,
  }).data;

  function take(i: number) {
    const hit = fresh ? hits[i] : undefined;
    onAdd([newLine(words, amount, hit ? { id: hit.id, title: hit.title } : null)]);
    setText('');
    setAt(0);
  }

  function keyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.ctrlKey && event.key === 'Backspace' && text === '' && lines.length > 0) onLines(lines.slice(0, -1));
    else if (event.key === 'Enter' && !event.ctrlKey && words !== '') take(at);
    else if (event.key === 'ArrowDown' && hits.length > 0) setAt((at + 1) % hits.length);
    else if (event.key === 'ArrowUp' && hits.length > 0) setAt((at + hits.length - 1) % hits.length);
    else if (event.key === 'Escape' && text !== '') setText('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function paste(event: ClipboardEvent) {
    const block = event.clipboardData.getData('text');
    if (!/[\n\t]/.test(block.trim())) return;
    event.preventDefault();
    onAdd(readBlock(block, parseNumber).map((l) => newLine(l.words, l.quantity)));
  }

  return (
    <tr className="edit">
      <td colSpan={2}>
        <input
          ref={entry}
          className="cell strong entry"
          role="combobox"
          aria-label={t('desk.entry')}
          aria-expanded={hits.length > 0}
          aria-controls={id}
          aria-activedescendant={hits.length > 0 ? `${id}-${at}` : undefined}
          autoComplete="off"
          autoFocus={autoFocus}
          placeholder={t('desk.example')}
          value={text}
          onChange={(e) => {
            setText(e.target.value);
            setAt(0);
          }}
          onKeyDown={keyDown}
          onPaste={paste}
          onBlur={() => words !== '' && take(at)}
        />
        <span className="why ink3 entry-hint">{t('desk.hint')}</span>
        {hits.length > 0 && (
          <Found anchor={entry.current} id={id} width={520}>
            {hits.map((hit, i) => (
              <div
                key={hit.id}
                id={`${id}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === at}
                className="opt"
                onPointerDown={(e) => e.preventDefault()}
                onClick={() => take(i)}
              >
                <span className="cut">{hit.title}</span>
                <span className="code">{hit.note}</span>
                <span className="end">{price(prices?.find((p) => p.id === hit.id)?.list_price)}</span>
              </div>
            ))}
          </Found>
        )}
      </td>
      <td colSpan={5} />
    </tr>
  );
}
