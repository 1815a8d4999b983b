/** The fields of a record: read where they are fixed, typed over where they are not. */
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { type Entity, type Field, useModel } from '../api/model';
import { Labelled } from '../ui/inputs';
import type { Draft } from './draft';
import { FieldInput } from './FieldInput';
import { originPath, refTitle, targetPath, Value } from './Value';
import { useTelling } from './warehouses';

interface Props {
  entity: Entity;
  row: Row | undefined;
  draft: Draft;
  canEdit: boolean;
  /** A record not yet made is saved as a whole. */
  fresh?: boolean;
  fields: Field[];
  autoFocus?: boolean;
}

/** Fields that a form shows: not the keys, not what stands at the top anyway. */
export function formFields(entity: Entity, fresh: boolean): Field[] {
  const hidden = new Set([
    'draft_delivery_id',
    'draft_delivery',
    'company_id',
    'source_key',
    'merged_into_id',
    'history',
    entity.state ?? '',
  ]);
  return entity.fields.filter(
    (f) =>
      !hidden.has(f.name) &&
      f.kind !== 'json' &&
      f.kind !== 'file' &&
      f.kind !== 'origin_id' &&
      !(f.kind === 'money' && f.readonly) &&
      !(fresh && (f.readonly || f.computed || f.kind === 'origin_entity')),
  );
}

export function Fields({ entity, row, draft, canEdit, fresh = false, fields: all, autoFocus = false }: Props) {
  const model = useModel();
  // A line of another record has no page of its own.
  const isLine = (f: Field) =>
    f.kind === 'origin_entity' && model.entities[String(row?.[f.name] ?? '')]?.parent !== undefined;
  const fields = useTelling(all).filter((f) => !isLine(f));
  // The first field that has no answer yet.
  const first = fields.find((f) => !f.readonly && initial(f) === undefined) ?? fields.find((f) => !f.readonly);
  return (
    <div className="form-grid">
      {fields
        .filter((f) => fresh || (canEdit && !f.readonly) || hasValue(row?.[f.name]))
        .map((field) => (
          <One
            key={field.name}
            entity={entity}
            row={row}
            draft={draft}
            field={field}
            fresh={fresh}
            canEdit={canEdit && !field.readonly}
            autoFocus={autoFocus && field === first}
          />
        ))}
    </div>
  );
}

/** What is fixed and says nothing is left out. */
function hasValue(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && value !== false && value !== 0;
}

interface OneProps extends Omit<Props, 'fields'> {
  field: Field;
}

function One({ entity, row, draft, field, canEdit, fresh, autoFocus }: OneProps) {
  const { t } = useTranslation();
  const model = useModel();
  const unread = useRef(false);
  const touched = field.name in draft.values;
  const value = touched ? draft.values[field.name] : (row?.[field.name] ?? (fresh ? initial(field) : undefined));
  const wide = field.kind === 'long_text' ? 'wide' : '';
  if (!canEdit) {
    const origin =
      field.kind === 'origin_entity'
        ? originPath(model, row?.[field.name], row?.[field.name.replace(/_entity$/, '_id')])
        : null;
    return (
      <div className={`field read ${wide}`}>
        <span className="lab">{origin || field.kind !== 'origin_entity' ? field.label : field.label}</span>
        <span className="read-value">
          {origin ? (
            <Link className="link" to={origin.to}>
              {origin.label}
            </Link>
          ) : row ? (
            <Value field={field} row={row} entity={{ ...entity, title: '' }} />
          ) : (
            '–'
          )}
        </span>
      </div>
    );
  }
  const save = (over?: unknown) => {
    if (fresh || unread.current) return;
    void draft.save([field.name], over === undefined ? {} : { [field.name]: over });
  };
  const to = field.kind === 'ref' ? targetPath(model, field, value) : null;
  return (
    <div
      className={wide}
      onBlur={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget) && touched) save();
      }}
    >
      <Labelled
        label={field.label}
        required={field.required && field.default === null}
        fault={draft.faults.get(field.name)}
        aside={
          to ? (
            <Link className="link small" to={to} tabIndex={-1}>
              {t('form.open_ref')}
            </Link>
          ) : undefined
        }
      >
        {(ids) => (
          <FieldInput
            field={field}
            id={ids.id}
            described={ids['aria-describedby']}
            invalid={ids['aria-invalid']}
            className={
              field.kind === 'bool'
                ? undefined
                : `in ${fresh ? '' : 'soft'} ${['money', 'decimal', 'quantity', 'integer'].includes(field.kind) ? 'num' : ''}`
            }
            value={value}
            title={draft.titles[field.name] ?? (row ? refTitle(row, field) : undefined)}
            autoFocus={autoFocus ?? false}
            onValue={(next, title) => {
              unread.current = false;
              draft.set(field.name, next ?? null, title);
              if (field.kind === 'bool' || field.kind === 'choice' || (field.kind === 'ref' && touched))
                save(next ?? null);
            }}
            onUnread={(text) => {
              unread.current = true;
              draft.set(field.name, value ?? null);
              draft.fail(field.name, t('form.unread', { text }));
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && touched) draft.drop(field.name);
              else if (event.key === 'Enter' && field.kind !== 'long_text' && !event.ctrlKey && !fresh) save();
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
        )}
      </Labelled>
    </div>
  );
}

function initial(field: Field): unknown {
  if (field.default === null) return field.kind === 'choice' && field.required ? field.choices[0]?.value : undefined;
  if (field.kind === 'bool') return field.default === 'true';
  return ['money', 'decimal', 'quantity', 'integer'].includes(field.kind) ? Number(field.default) : field.default;
}

/** What a new record begins with, so that what is shown is what is sent. */
export function initialValues(fields: Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((f) => [f.name, initial(f)] as const).filter(([, v]) => v !== undefined));
}
