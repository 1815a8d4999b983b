/** A list in groups, each with its count and sums; a group opens to its rows. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { choiceLabel, type Entity, type Field } from '../api/model';
import { type Ask, applyQuery, listQuery, quoted } from '../api/odata';
import { date, money, quantity, whole } from '../ui/format';
import { Bars } from '../ui/notes';
import { isNumber, places } from './columns';
import { recordPath } from './paths';
import { Value } from './Value';

type Group = Record<string, unknown>;

export function groupable(entity: Entity): Field[] {
  return entity.fields.filter((f) => ['choice', 'bool', 'ref', 'date'].includes(f.kind) && f.name !== 'company_id');
}

export function Groups({ entity, columns, ask, by }: { entity: Entity; columns: Field[]; ask: Ask; by: Field }) {
  const { t } = useTranslation();
  const sums = columns.filter((c) => c.kind === 'money' || c.kind === 'quantity');
  const path = by.nav ? `${by.name},${by.nav}/title` : by.name;
  const parts = ['$count as n', ...sums.map((s) => `${s.name} with sum as ${s.name}`)];
  const asked = { ...(ask.filter ? { filter: ask.filter } : {}), ...(ask.search ? { search: ask.search } : {}) };
  const groups = useQuery(applyQuery(entity, asked, `groupby((${path}),aggregate(${parts.join(',')}))`));
  const at = places(entity, columns);
  if (groups.isPending) return <Bars />;
  return (
    <div className="scroll-box">
      <table className="t cards">
        <caption className="sr">{t('list.grouped', { what: entity.labels, by: by.label })}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.name} scope="col" className={isNumber(c) ? 'num' : ''}>
                {c.label}
              </th>
            ))}
          </tr>
        </thead>
        {(groups.data ?? []).map((group) => (
          <Section
            key={String(group[by.name])}
            entity={entity}
            columns={columns}
            ask={ask}
            by={by}
            group={group}
            places={at}
          />
        ))}
      </table>
    </div>
  );
}

function groupLabel(by: Field, group: Group, t: (key: string) => string): string {
  const value = group[by.name];
  if (value === null || value === undefined || value === '') return t('list.without');
  if (by.kind === 'choice') return choiceLabel(by, value);
  if (by.kind === 'bool') return t(value ? 'app.yes' : 'app.no');
  if (by.kind === 'date') return date(value);
  return String(group[`${by.nav}/title`] ?? value);
}

function within(by: Field, group: Group): string {
  const value = group[by.name];
  if (value === null || value === undefined) return `${by.name} eq null`;
  return `${by.name} eq ${by.kind === 'choice' ? quoted(String(value)) : value}`;
}

interface SectionProps {
  entity: Entity;
  columns: Field[];
  ask: Ask;
  by: Field;
  group: Group;
  places: Map<string, string>;
}

function Section({ entity, columns, ask, by, group, places: at }: SectionProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(Number(group.n) <= 20);
  const Icon = open ? ChevronDown : ChevronRight;
  const firstSum = columns.findIndex((c) => c.kind === 'money' || c.kind === 'quantity');
  const span = firstSum > 0 ? firstSum : columns.length;
  return (
    <tbody>
      <tr className="group">
        <th scope="rowgroup" colSpan={span} className="p1">
          <button type="button" className="gr" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon className="i s" aria-hidden="true" />
            {groupLabel(by, group, t)} <span className="count">{whole(Number(group.n))}</span>
          </button>
        </th>
        {columns.slice(span).map((c) => (
          <td key={c.name} className={`num ${at.get(c.name) === 'p2' ? 'p2' : ''}`}>
            {c.kind === 'money' ? money(group[c.name]) : c.kind === 'quantity' ? quantity(group[c.name]) : ''}
          </td>
        ))}
      </tr>
      {open && <Rows entity={entity} columns={columns} ask={ask} filter={within(by, group)} places={at} />}
    </tbody>
  );
}

const SHOWN = 100;

function Rows({
  entity,
  columns,
  ask,
  filter,
  places: at,
}: {
  entity: Entity;
  columns: Field[];
  ask: Ask;
  filter: string;
  places: Map<string, string>;
}) {
  const navigate = useNavigate();
  const both = ask.filter ? `(${ask.filter}) and ${filter}` : filter;
  const rows = useQuery(listQuery(entity, { ...ask, filter: both, top: SHOWN }));
  return (rows.data ?? []).map((row) => (
    <tr
      key={row.id}
      onClick={(e) => !(e.target as HTMLElement).closest('a') && navigate({ to: recordPath(entity, row.id) })}
    >
      {columns.map((c) => (
        <td key={c.name} className={`${isNumber(c) ? 'num' : ''} ${at.get(c.name) ?? ''}`}>
          <Value field={c} row={row} entity={entity} />
        </td>
      ))}
    </tr>
  ));
}
