/** The rows of a list: only what is seen is drawn, only what is near is loaded. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { type Entity, editable, type Field } from '../api/model';
import { CellEditor } from './CellEditor';
import { gridOf, isNumber, places, pulledTo, type Widths } from './columns';
import { Value } from './Value';

interface Props {
  entity: Entity;
  columns: Field[];
  rows: Row[];
  total: number | undefined;
  sort: string;
  widths: Widths | undefined;
  /** Rows stand in their order, but more of them come at the top. */
  fromEnd: boolean;
  current: number | null;
  column: number;
  selected: Set<number>;
  editing: boolean;
  more: boolean;
  fading: boolean;
  onMore: () => void;
  onSort: (field: Field) => void;
  onWidths: (widths: Widths) => void;
  onCurrent: (index: number, column?: number) => void;
  onOpen: (row: Row) => void;
  onSelect: (index: number, extend: boolean) => void;
  onSelectAll: () => void;
  onEdit: (row: Row, column: number) => void;
  onEdited: () => void;
}

export function Grid(props: Props) {
  const { entity, columns, rows, total, current, more, onMore, fromEnd } = props;
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const phone = window.innerWidth <= 720;
  const height = phone ? 64 : 34;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && (fromEnd ? first < 30 : last >= rows.length - 30)) onMore();
  }, [first, last, rows.length, more, onMore, fromEnd]);
  // What comes at the top leaves what is seen where it is.
  const before = useRef(rows.length);
  useLayoutEffect(() => {
    const came = rows.length - before.current;
    before.current = rows.length;
    if (fromEnd && came > 0 && box.current) box.current.scrollTop += came * height;
  }, [rows.length, fromEnd, height]);
  useEffect(() => {
    if (current !== null && current < rows.length) virtual.scrollToIndex(current, { align: 'auto' });
  }, [current, rows.length, virtual]);
  const [pulled, setPulled] = useState<Widths | null>(null);
  const { template, least } = gridOf(columns, entity, pulled ?? props.widths);
  const ahead = fromEnd ? Math.max(0, (total ?? rows.length) - rows.length) : 0;
  const at = places(entity, columns);
  const active = current !== null && items.some((i) => i.index === current) ? `row-${rows[current]?.id}` : undefined;
  return (
    <div
      ref={box}
      className={`grid-box ${props.fading ? 'fading' : ''}`}
      role="grid"
      aria-label={entity.labels}
      aria-rowcount={total ?? -1}
      aria-multiselectable="true"
      aria-activedescendant={active}
      tabIndex={0}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" className="grid-row cap-row" style={{ gridTemplateColumns: template, minWidth: least }}>
          <div role="columnheader" className="pick">
            <input
              type="checkbox"
              className="tick"
              aria-label={t('list.select_all')}
              checked={rows.length > 0 && props.selected.size >= rows.length}
              onChange={props.onSelectAll}
            />
          </div>
          {columns.map((field) => (
            <Head
              key={field.name}
              field={field}
              sort={props.sort}
              onSort={props.onSort}
              onPull={(px) => setPulled(pulledTo(props.widths, field.name, px))}
              onPulled={(px) => {
                props.onWidths(pulledTo(props.widths, field.name, px));
                setPulled(null);
              }}
              onUsual={() => {
                const { [field.name]: _, ...rest } = props.widths ?? {};
                props.onWidths(rest);
              }}
            />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="grid-rows" style={{ height: virtual.getTotalSize(), minWidth: least }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const now = item.index === current;
          return (
            <Line
              key={row.id}
              entity={entity}
              columns={columns}
              places={at}
              row={row}
              index={item.index}
              ahead={ahead}
              top={item.start}
              template={template}
              current={now}
              column={now ? props.column : -1}
              selected={props.selected.has(row.id)}
              editing={now && props.editing}
              actions={props}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps {
  field: Field;
  sort: string;
  onSort: (field: Field) => void;
  onPull: (px: number) => void;
  onPulled: (px: number) => void;
  onUsual: () => void;
}

function Head({ field, sort, onSort, onPull, onPulled, onUsual }: HeadProps) {
  const [by, down] = sort.split(' ');
  const sorted = by === field.name;
  return (
    <div
      role="columnheader"
      aria-sort={sorted ? (down ? 'descending' : 'ascending') : 'none'}
      className={isNumber(field) ? 'num' : ''}
    >
      {field.sortable ? (
        <button type="button" tabIndex={-1} onClick={() => onSort(field)}>
          {field.label}
          {sorted &&
            (down ? <ArrowDown className="i s" aria-hidden="true" /> : <ArrowUp className="i s" aria-hidden="true" />)}
        </button>
      ) : (
        field.label
      )}
      <Edge onPull={onPull} onPulled={onPulled} onUsual={onUsual} />
    </div>
  );
}

/** The edge of a column: pulled, or clicked twice for its usual width. By key it is Shift and an arrow. */
function Edge({ onPull, onPulled, onUsual }: Pick<HeadProps, 'onPull' | 'onPulled' | 'onUsual'>) {
  const from = useRef<{ x: number; width: number } | null>(null);
  function down(event: PointerEvent<HTMLSpanElement>) {
    const head = event.currentTarget.parentElement;
    if (!head) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width: head.offsetWidth };
  }
  return (
    <span
      className="edge"
      aria-hidden="true"
      onPointerDown={down}
      onPointerMove={(e) => from.current && onPull(from.current.width + e.clientX - from.current.x)}
      onPointerUp={(e) => {
        const at = from.current;
        from.current = null;
        if (at && e.clientX !== at.x) onPulled(at.width + e.clientX - at.x);
      }}
      onDoubleClick={onUsual}
    />
  );
}

interface LineProps {
  entity: Entity;
  columns: Field[];
  places: Map<string, string>;
  row: Row;
  index: number;
  /** Rows above that are not loaded. */
  ahead: number;
  top: number;
  template: string;
  current: boolean;
  column: number;
  selected: boolean;
  editing: boolean;
  actions: Pick<Props, 'onCurrent' | 'onOpen' | 'onSelect' | 'onEdit' | 'onEdited'>;
}

const Line = memo(function Line(props: LineProps) {
  const { entity, columns, row, index, actions, current, selected } = props;
  const { t } = useTranslation();
  return (
    <div
      id={`row-${row.id}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={props.ahead + index + 2}
      aria-selected={selected}
      className={`grid-row ${current ? 'cur' : ''} ${selected ? 'sel' : ''}`}
      style={{ gridTemplateColumns: props.template, transform: `translateY(${props.top}px)` }}
      onClick={(e) => {
        if ((e.target as HTMLElement).closest('a, input, button, select')) return;
        if (window.innerWidth <= 720) actions.onOpen(row);
        else actions.onCurrent(index);
      }}
    >
      <div role="gridcell" className="pick">
        <input
          type="checkbox"
          className="tick"
          tabIndex={-1}
          aria-label={t('list.select', { what: row.title ?? row.id })}
          checked={selected}
          onChange={() => {}}
          onClick={(e) => actions.onSelect(index, e.shiftKey)}
        />
      </div>
      {columns.map((field, i) => {
        const edits = props.editing && props.column === i;
        const can = !field.readonly && editable(entity, row);
        return (
          <div
            key={field.name}
            role="gridcell"
            tabIndex={-1}
            className={`${isNumber(field) ? 'num' : 'cut'} ${props.places.get(field.name) ?? 'rest'} ${props.column === i ? 'at' : ''} ${edits ? 'edits' : ''}`}
            onDoubleClick={() => can && actions.onEdit(row, i)}
            onClick={() => props.current && actions.onCurrent(index, i)}
          >
            {edits && can ? (
              <CellEditor entity={entity} field={field} row={row} onDone={actions.onEdited} />
            ) : (
              <Value field={field} row={row} entity={entity} />
            )}
          </div>
        );
      })}
    </div>
  );
});
