/** A value as it is read: on lists, in the peek, beside the fields. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { choiceLabel, type Entity, type Field, fieldOf, type Model, useModel } from '../api/model';
import * as format from '../ui/format';
import { State } from '../ui/marks';
import { isCode } from './columns';
import { recordPath } from './paths';

export function refTitle(row: Record<string, unknown>, field: Field): string {
  const target = field.nav ? (row[field.nav] as { title?: unknown; id?: number } | null | undefined) : null;
  if (target) return String(target.title ?? `#${target.id}`);
  return row[field.name] ? `#${row[field.name]}` : '';
}

/** A value as plain text, for sheets and sentences. */
export function plain(field: Field, row: Record<string, unknown>, yes: string, no: string): string {
  const value = row[field.name];
  if (value === null || value === undefined || value === '') return '';
  switch (field.kind) {
    case 'money':
      return format.money(value);
    case 'decimal':
      return format.price(value);
    case 'quantity':
      return format.quantity(value);
    case 'integer':
      return format.whole(value);
    case 'date':
      return format.date(value);
    case 'instant':
      return format.instant(value);
    case 'bool':
      return value ? yes : no;
    case 'choice':
      return choiceLabel(field, value);
    case 'ref':
      return refTitle(row, field);
    case 'json':
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

/** What a record is called in words: of a title that refers or chooses the server says the id or the code. */
export function titleOf(entity: Entity, row: Row): string {
  const field = fieldOf(entity, entity.title);
  const said = field && field.kind !== 'text' ? plain(field, row, '', '') : row.title;
  return String(said || entity.label);
}

interface Props {
  field: Field;
  row: Row;
  entity: Entity;
  /** References and the title lead to their records. */
  linked?: boolean;
}

export function Value({ field, row, entity, linked = true }: Props): ReactNode {
  const { t } = useTranslation();
  const model = useModel();
  const value = row[field.name];
  const text = plain(field, row, t('app.yes'), t('app.no'));
  if (field.name === entity.title && linked && text !== '') {
    return (
      <Link className={`name ${isCode(field) ? 'code' : 'strong'}`} to={recordPath(entity, row.id)} tabIndex={-1}>
        {text}
      </Link>
    );
  }
  if (text === '') return <span className="ink3">–</span>;
  if (field.name === entity.state) return <State state={String(value)}>{text}</State>;
  if (field.kind === 'bool') return <span className={value ? '' : 'ink3'}>{text}</span>;
  if (field.kind === 'ref') {
    const to = linked ? targetPath(model, field, value) : null;
    return to ? (
      <Link className="name" to={to} tabIndex={-1}>
        {text}
      </Link>
    ) : (
      text
    );
  }
  if (field.kind === 'money' && typeof value === 'number' && value < 0) return <span className="nowrap">{text}</span>;
  return isCode(field) ? <span className="code">{text}</span> : text;
}

export function targetPath(model: Model, field: Field, id: unknown): string | null {
  const target = field.target ? model.entities[field.target] : undefined;
  return target && !target.parent && typeof id === 'number' ? recordPath(target, id) : null;
}

/** What stands for an origin: the entity's name and the way to its record. */
export function originPath(model: Model, entity: unknown, id: unknown): { label: string; to: string } | null {
  const target = typeof entity === 'string' ? model.entities[entity] : undefined;
  return target && typeof id === 'number' && !target.parent
    ? { label: target.label, to: recordPath(target, id) }
    : null;
}
