/** The input that fits a field, for forms, cells, lines and the input of commands. */
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client';
import { type Entity, type Field, type Model, useModel } from '../api/model';
import { fetchPage, quoted, search } from '../api/odata';
import { instant, price, quantity, whole } from '../ui/format';
import { ChoiceInput, DateInput, NumberInput, selects } from '../ui/inputs';
import { LookUp, type Option } from '../ui/LookUp';
import { say } from '../ui/Toasts';
import { quickable, quickNew } from './quickNew';

export interface RefValue {
  id: number;
  title: string;
}

interface Props {
  field: Field;
  value: unknown;
  /** Of references: what the record is called. */
  title?: string | undefined;
  onValue: (value: unknown, title?: string) => void;
  /** Text that could not be read or found; it stays in the field. */
  onUnread?: (text: string) => void;
  id?: string;
  className?: string | undefined;
  label?: string | undefined;
  described?: string | undefined;
  invalid?: boolean | undefined;
  autoFocus?: boolean;
  disabled?: boolean;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
}

/** Records of an entity by what is typed; where they are not searched, by their title. */
export async function findRecords(model: Model, target: string, text: string, signal?: AbortSignal): Promise<Option[]> {
  const entity = model.entities[target];
  if (!entity) return [];
  if (entity.searchable) {
    const hits = await search(text, [target], 8, signal);
    return hits.map((h) => ({ id: h.id, title: h.title, note: h.note }));
  }
  return byTitle(entity, text, signal);
}

async function byTitle(entity: Entity, text: string, signal?: AbortSignal): Promise<Option[]> {
  const title = entity.fields.find((f) => f.name === entity.title);
  const code = entity.fields.find((f) => f.name === 'code' && f.name !== entity.title);
  const texts = [title, code].filter((f) => f?.kind === 'text');
  if (texts.length === 0) return [];
  const filter = texts.map((f) => `contains(${f?.name},${quoted(text)})`).join(' or ');
  const select = ['id', ...texts.map((f) => f?.name ?? '')];
  const page = await fetchPage(entity.set, { filter, select, top: 8 }, signal);
  return page.value.map((row) => ({
    id: row.id,
    title: String(row[entity.title] ?? row.id),
    note: String(row.code ?? ''),
  }));
}

export function FieldInput(props: Props) {
  const { field, value, onValue, onUnread } = props;
  const { t } = useTranslation();
  const model = useModel();
  const target = field.kind === 'ref' ? model.entities[field.target ?? ''] : undefined;
  async function make(entity: Entity, text: string) {
    try {
      const reply = await quickNew(entity, text, field.name);
      onValue(reply.id, String(reply.record?.title ?? text));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onUnread?.(text);
      say(`${error.message} ${error.advice}`);
    }
  }
  const shared = {
    id: props.id,
    'aria-label': props.label,
    'aria-describedby': props.described,
    'aria-invalid': props.invalid || undefined,
    disabled: props.disabled,
    autoFocus: props.autoFocus,
    onKeyDown: props.onKeyDown,
    ...(props.className === undefined ? {} : { className: props.className }),
  };
  switch (field.kind) {
    case 'ref':
      return (
        <LookUp
          {...(props.id ? { id: props.id } : {})}
          {...(props.label ? { label: props.label } : {})}
          className={props.className ?? 'in'}
          described={props.described}
          invalid={props.invalid ?? false}
          disabled={props.disabled ?? false}
          autoFocus={props.autoFocus ?? false}
          value={typeof value === 'number' ? { id: value, title: props.title ?? `#${value}` } : null}
          find={(text, signal) => findRecords(model, field.target ?? '', text, signal)}
          onPick={(option) => onValue(option ? Number(option.id) : null, option?.title)}
          onOpenText={(text) => onUnread?.(text)}
          nothing={t('look.nothing')}
          {...(target && quickable(target)
            ? {
                create: {
                  label: (text: string) => t('look.create', { what: target.label, text }),
                  run: (text: string) => void make(target, text),
                },
              }
            : {})}
          {...(props.onKeyDown ? { onKeyDown: props.onKeyDown } : {})}
        />
      );
    case 'choice':
      return (
        <ChoiceInput
          {...shared}
          value={typeof value === 'string' ? value : null}
          choices={field.choices}
          optional={!field.required}
          onValue={onValue}
        />
      );
    case 'bool':
      return (
        <input
          {...shared}
          type="checkbox"
          className="tick"
          checked={value === true}
          onChange={(e) => onValue(e.target.checked)}
        />
      );
    case 'date':
      return (
        <DateInput {...shared} value={typeof value === 'string' ? value : null} onValue={onValue} onUnread={onUnread} />
      );
    case 'money':
    case 'decimal':
      return (
        <NumberInput
          {...shared}
          value={typeof value === 'number' ? value : null}
          show={price}
          onValue={onValue}
          onUnread={onUnread}
        />
      );
    case 'quantity':
      return (
        <NumberInput
          {...shared}
          value={typeof value === 'number' ? value : null}
          show={quantity}
          onValue={onValue}
          onUnread={onUnread}
        />
      );
    case 'integer':
      return (
        <NumberInput
          {...shared}
          value={typeof value === 'number' ? value : null}
          show={whole}
          onValue={onValue}
          onUnread={onUnread}
        />
      );
    case 'long_text':
      return (
        <textarea
          {...shared}
          className={props.className ?? 'in'}
          rows={3}
          value={typeof value === 'string' ? value : ''}
          onFocus={selects}
          onChange={(e) => onValue(e.target.value)}
        />
      );
    case 'instant':
      return <input {...shared} className={props.className ?? 'in'} readOnly value={instant(value)} />;
    default:
      return (
        <input
          {...shared}
          className={props.className ?? 'in'}
          autoComplete="off"
          value={typeof value === 'string' ? value : ''}
          onFocus={selects}
          onChange={(e) => onValue(e.target.value)}
        />
      );
  }
}
