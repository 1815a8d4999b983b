/** The rows of a list: only what is seen is drawn, only what is near is loaded. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { type Entity, editable, type Field } from '../api/model';
import { CellEditor } from './CellEditor';
import { gridOf, isNumber, places } from './columns';
import { Value } from './Value';

interface Props {
  entity: Entity;
  columns: Field[];
  rows: Row[];
  total: number | undefined;
  sort: string;
  current: number | null;
  column: number;
  selected: Set<number>;
  editing: boolean;
  more: boolean;
  fading: boolean;
  onMore: () => void;
  onSort: (field: Field) => void;
  onCurrent: (index: number, column?: number) => void;
  onOpen: (row: Row) => void;
  onSelect: (index: number, extend: boolean) => void;
  onSelectAll: () => void;
  onEdit: (row: Row, column: number) => void;
  onEdited: () => void;
}

export function Grid(props: Props) {
  const { entity, columns, rows, total, current, more, onMore } = props;
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
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - 30) onMore();
  }, [last, rows.length, more, onMore]);
  useEffect(() => {
    if (current !== null && current < rows.length) virtual.scrollToIndex(current, { align: 'auto' });
  }, [current, rows.length, virtual]);
  const { template, least } = gridOf(columns, entity);
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
            <Head key={field.name} field={field} sort={props.sort} onSort={props.onSort} />
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

function Head({ field, sort, onSort }: { field: Field; sort: string; onSort: (field: Field) => void }) {
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
    </div>
  );
}

interface LineProps {
  entity: Entity;
  columns: Field[];
  places: Map<string, string>;
  row: Row;
  index: number;
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
      aria-rowindex={index + 2}
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
