/** Lines that a command takes of its own: begun with those of the record, changed, left out and added to. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import type { Entity, Field } from '../api/model';
import { FieldInput } from './FieldInput';

export type Given = Record<string, unknown>;

/** Whether they say what there is, and not what is done about the record's own lines. */
export function isGiven(field: Field, entity: Entity): boolean {
  const own = entity.lines.find((l) => l.name === field.name)?.entity;
  return field.kind === 'lines' && own !== undefined && !(field.fields ?? []).some((f) => f.target === own);
}

/** What the record says; nothing is left out by sending no lines at all, so a line that is emptied counts as zero. */
export function sent(lines: Given[], fields: Field[]): Given[] {
  const filled = (v: unknown) => v !== undefined && v !== null && v !== '';
  const must = fields.filter((f) => f.kind === 'ref' && f.required);
  return lines
    .filter((line) => must.every((f) => filled(line[f.name])))
    .map((line) =>
      Object.fromEntries(
        fields
          .filter((f) => f.kind === 'quantity' || filled(line[f.name]))
          .map((f) => [f.name, filled(line[f.name]) ? line[f.name] : 0]),
      ),
    );
}

export function begun(rows: Row[], fields: Field[]): Given[] {
  return rows.map((row) => Object.fromEntries(fields.map((f) => [f.name, row[f.name]])));
}

interface Props {
  field: Field;
  rows: Row[];
  onValue: (lines: Given[]) => void;
}

export function GivenLines({ field, rows, onValue }: Props) {
  const { t } = useTranslation();
  const fields = field.fields ?? [];
  const [lines, setLines] = useState<Given[]>(() => [...begun(rows, fields), {}]);
  const [titles, setTitles] = useState<Record<string, string>>(() => titlesOf(rows, fields));
  function set(at: number, name: string, value: unknown, title?: string) {
    const next = lines.with(at, { ...lines[at], [name]: value });
    if (at === lines.length - 1) next.push({});
    setLines(next);
    if (title) setTitles((all) => ({ ...all, [`${name} ${value}`]: title }));
    onValue(sent(next, fields));
  }
  return (
    <table className="t in-sec">
      <caption className="sr">{field.label}</caption>
      <thead>
        <tr>
          {fields.map((f) => (
            <th key={f.name} scope="col" className={f.kind === 'quantity' ? 'num' : ''}>
              {f.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line, at) => (
          <tr key={at}>
            {fields.map((f) => (
              <td key={f.name} className={f.kind === 'quantity' ? 'num' : ''}>
                <FieldInput
                  field={f}
                  label={`${f.label}, ${t('lines.line', { n: at + 1 })}`}
                  value={line[f.name]}
                  title={titles[`${f.name} ${line[f.name]}`]}
                  onValue={(value, title) => set(at, f.name, value, title)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function titlesOf(rows: Row[], fields: Field[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const row of rows)
    for (const f of fields) {
      const target = f.nav ? (row[f.nav] as { title?: unknown } | null | undefined) : null;
      if (target?.title !== undefined) out[`${f.name} ${row[f.name]}`] = String(target.title);
    }
  return out;
}
