/** Lines of a document, typed without a mouse: Tab to the next cell, Enter to the next line. */
import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault, Row } from '../api/client';
import { type Entity, type Field, useModel } from '../api/model';
import { parseDate, parseNumber } from '../ui/entry';
import { isNumber } from './columns';
import { FieldInput, findRecords } from './FieldInput';
import { emptyLine, fromRow, isEmpty, type Line, lineFields, move, readBlock, toBody } from './lines';
import { plain } from './Value';

interface Props {
  entity: Entity;
  label: string;
  rows: Row[];
  canEdit: boolean;
  faults: Map<string, Fault>;
  /** The name of the lines in their document, by which faults are found. */
  name: string;
  /** Called when the focus leaves a changed line; true where it is saved. */
  onLines: (body: Record<string, unknown>[]) => Promise<boolean> | undefined;
}

export function LinesEditor({ entity, label, rows, canEdit, faults, name, onLines }: Props) {
  const { t } = useTranslation();
  const model = useModel();
  const [own, setOwn] = useState<Line[] | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const spare = useRef<Line | null>(null);
  const { typed: all, read } = lineFields(entity);
  const [wide, setWide] = useState(false);
  const usual = (f: Field) => entity.list.length === 0 || entity.list.includes(f.name) || f.required;
  const typed = wide
    ? all
    : all.filter((f) =>
        canEdit
          ? usual(f) &&
            (rows.length === 0 ? f.name === 'text' || !SPARSE.has(f.name) : says(f, rows) || !SPARSE.has(f.name))
          : says(f, rows),
      );
  const filled = read.filter((f) =>
    rows.some((r) => r[f.name] !== null && r[f.name] !== undefined && r[f.name] !== 0 && r[f.name] !== false),
  );
  const lines = own ?? rows.map((r) => fromRow(r, entity));
  // There is always one line more to type into, the same one until it is used.
  const last = lines.at(-1);
  if (!spare.current || (lines.some((l) => l.key === spare.current?.key) && !(last && isEmpty(last))))
    spare.current = emptyLine();
  const shown = !canEdit || (last && isEmpty(last)) ? lines : [...lines, spare.current];

  function put(next: Line[]) {
    setOwn(next);
  }

  function change(at: number, by: Partial<Line>) {
    const line = shown[at];
    if (!line) return;
    put(shown.with(at, { ...line, ...by, touched: true }));
  }

  async function keep(next: Line[] = shown) {
    if (!next.some((l) => l.touched)) return;
    // A look-up without its answer waits; the line stays as it was typed.
    if (next.some((l) => Object.keys(l.open).length > 0)) return;
    const ok = await onLines(toBody(next, entity));
    if (ok && !table.current?.contains(document.activeElement)) setOwn(null);
    else if (ok) setOwn((now) => now?.map((l) => ({ ...l, touched: false })) ?? null);
  }

  async function paste(event: ClipboardEvent, at: number, from: number) {
    const block = readBlock(event.clipboardData.getData('text'));
    if (!block) return;
    event.preventDefault();
    const next = [...shown];
    for (const [i, cells] of block.entries()) {
      let line = next[at + i] ?? emptyLine();
      for (const [j, text] of cells.entries()) {
        const field = typed[from + j];
        if (field && text !== '') line = await typeInto(line, field, text);
      }
      next[at + i] = { ...line, touched: true };
    }
    put(next);
  }

  async function typeInto(line: Line, field: Field, text: string): Promise<Line> {
    const value = await readCell(field, text);
    if (value === undefined) return { ...line, open: { ...line.open, [field.name]: text } };
    const title = typeof value === 'object' && value !== null ? value.title : undefined;
    const kept = typeof value === 'object' && value !== null ? value.id : value;
    return {
      ...line,
      values: { ...line.values, [field.name]: kept },
      titles: title ? { ...line.titles, [field.name]: title } : line.titles,
    };
  }

  async function readCell(
    field: Field,
    text: string,
  ): Promise<string | number | boolean | { id: number; title: string } | undefined> {
    if (field.kind === 'ref') {
      const [hit] = await findRecords(model, field.target ?? '', text);
      return hit ? { id: Number(hit.id), title: hit.title } : undefined;
    }
    if (isNumber(field)) return parseNumber(text) ?? undefined;
    if (field.kind === 'date') return parseDate(text) ?? undefined;
    if (field.kind === 'choice')
      return field.choices.find((c) => c.label.toLowerCase().startsWith(text.toLowerCase()))?.value;
    if (field.kind === 'bool') return /^(1|x|y|d|t)/i.test(text);
    return text;
  }

  function focusCell(line: number, cell: number) {
    requestAnimationFrame(() =>
      table.current
        ?.querySelector<HTMLElement>(
          `[data-cell="${line}:${cell}"] input, [data-cell="${line}:${cell}"] select, [data-cell="${line}:${cell}"] textarea`,
        )
        ?.focus(),
    );
  }

  function keyDown(event: KeyboardEvent, at: number, cell: number) {
    if (event.key === 'Enter' && !event.ctrlKey) {
      if (at === shown.length - 1 && shown[at] && !isEmpty(shown[at])) put([...shown, emptyLine()]);
      focusCell(at + 1, 0);
    } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const by = event.key === 'ArrowUp' ? -1 : 1;
      const next = move(shown, at, by);
      put(next);
      focusCell(at + by, cell);
    } else if (event.ctrlKey && event.key === 'Backspace') {
      const next = shown.toSpliced(at, 1).map((l, i) => (i === 0 ? { ...l, touched: true } : l));
      put(next.length > 0 ? next : [{ ...emptyLine(), touched: true }]);
      void keep(next.length > 0 ? next : [{ ...emptyLine(), touched: true }]);
      focusCell(Math.max(0, at - 1), cell);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  if (shown.length === 0) return <p className="ink3 lines-none">{t('lines.none')}</p>;
  return (
    <div className="scroll-x" {...(canEdit ? {} : { tabIndex: 0, role: 'group', 'aria-label': label })}>
      <table
        ref={table}
        style={{ minWidth: leastWidth([...typed, ...filled]) }}
        className={`t lines-t ${canEdit ? 'open' : ''}`}
        onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && void keep()}
      >
        <caption className="sr">{label}</caption>
        <colgroup>
          {[...typed, ...filled].map((f) => (
            <col key={f.name} style={{ width: widthOfLine(f) }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {typed.map((f) => (
              <th key={f.name} scope="col" className={isNumber(f) ? 'num' : ''}>
                {f.label}
              </th>
            ))}
            {filled.map((f) => (
              <th key={f.name} scope="col" className={isNumber(f) ? 'num' : ''}>
                {f.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((line, at) => (
            <tr
              key={line.key}
              onBlur={(e) => {
                if (!e.currentTarget.contains(e.relatedTarget) && line.touched) void keep();
              }}
            >
              {typed.map((field, cell) => {
                const fault = faults.get(`${name}/${at}/${field.name}`);
                return (
                  <td
                    key={field.name}
                    data-cell={`${at}:${cell}`}
                    className={isNumber(field) ? 'num' : ''}
                    onPaste={(e) => void paste(e, at, cell)}
                  >
                    {canEdit ? (
                      <FieldInput
                        field={field}
                        label={`${field.label}, ${t('lines.line', { n: at + 1 })}`}
                        className={
                          field.kind === 'bool'
                            ? undefined
                            : `cell ${isNumber(field) ? 'num' : ''} ${fault || line.open[field.name] ? 'wrong' : ''}`
                        }
                        invalid={fault !== undefined}
                        value={line.values[field.name]}
                        title={line.titles[field.name]}
                        onValue={(value, title) => {
                          const { [field.name]: _, ...open } = line.open;
                          change(at, {
                            values: { ...line.values, [field.name]: value ?? null },
                            open,
                            ...(title ? { titles: { ...line.titles, [field.name]: title } } : {}),
                          });
                        }}
                        onUnread={(text) => change(at, { open: { ...line.open, [field.name]: text } })}
                        onKeyDown={(event) => keyDown(event, at, cell)}
                      />
                    ) : (
                      <div className="c">
                        {plain(field, { ...line.values, ...navs(line, field) }, t('app.yes'), t('app.no')) || (
                          <span className="ink3">–</span>
                        )}
                      </div>
                    )}
                    {fault && <span className="why bad">{fault.message}</span>}
                    {!fault && line.open[field.name] && (
                      <span className="why bad">{t('lines.not_found', { text: line.open[field.name] })}</span>
                    )}
                  </td>
                );
              })}
              {filled.map((field) => (
                <td key={field.name} className={isNumber(field) ? 'num' : ''}>
                  <div className="c ink2">{plain(field, line.values, t('app.yes'), t('app.no'))}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {canEdit && (wide || typed.length < all.length) && (
        <button type="button" className="link small more-cols" aria-expanded={wide} onClick={() => setWide(!wide)}>
          {t(wide ? 'lines.fewer' : 'lines.all_columns')}
        </button>
      )}
    </div>
  );
}

/** Texts take what the figures leave. */
function widthOfLine(field: Field): string | undefined {
  if (field.kind === 'ref') return /product|account|person/.test(field.name) ? undefined : '120px';
  if (isNumber(field)) return '104px';
  if (field.kind === 'date') return '124px';
  return field.kind === 'bool' ? '84px' : undefined;
}

/** Columns that are opened where they are needed, and stay away while they say nothing. */
const SPARSE = new Set(['text', 'unit_id', 'discount_percent', 'tax_code_id', 'promised_on', 'expected_on']);

/** Columns that say nothing, or only what the article says already, are left out where nobody types. */
function says(field: Field, rows: Row[]): boolean {
  const filled = (v: unknown) => v !== null && v !== undefined && v !== '' && v !== 0 && v !== false;
  if (field.name !== 'text') return rows.some((r) => filled(r[field.name]));
  return rows.some((r) => filled(r.text) && r.text !== (r.product as { title?: string } | null | undefined)?.title);
}

function leastWidth(fields: Field[]): number {
  return fields.reduce((sum, f) => sum + Number.parseInt(widthOfLine(f) ?? '180', 10), 40);
}

function navs(line: Line, field: Field): Record<string, unknown> {
  return field.nav && line.titles[field.name] ? { [field.nav]: { title: line.titles[field.name] } } : {};
}
