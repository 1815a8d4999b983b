/** A record made from its name alone, where somebody types one that is not there yet. */
import { type Reply, send } from '../api/commands';
import type { Entity, Field } from '../api/model';
import { readAddress } from './address';
import { initialValues } from './Fields';

/** What has to be known at least; more than a name cannot be made in passing. */
export function quickable(entity: Entity | undefined): boolean {
  if (!entity?.rights.create || entity.parent) return false;
  const title = entity.fields.find((f) => f.name === entity.title);
  if (title?.kind !== 'text' || title.readonly || isNumbered(title)) return false;
  const asked = entity.fields.filter((f) => f.required && f.default === null && !f.readonly && f.name !== 'company_id');
  return asked.every((f) => f === title || f.kind === 'choice');
}

function isNumbered(field: Field): boolean {
  return ['number', 'code', 'id'].includes(field.name);
}

/** `Ana d.o.o. SI12345679, Cesta 1, 1000 Ljubljana`: a name, and what else an invoice needs, in one line. */
export function readName(typed: string): {
  name: string;
  tax?: string;
  payer: boolean;
  address: string;
  email: string;
} {
  const email = /[^\s,;]+@[^\s,;]+/.exec(typed)?.[0] ?? '';
  const text = typed
    .replace(email, '')
    .trim()
    .replace(/[,;\s]+$/, '');
  const found = /^(.*?)[,\s]+(SI)?\s?(\d{8})(?:[,\s]+(.*))?$/i.exec(text);
  if (found?.[1] && found[3])
    return { name: found[1].trim(), tax: found[3], payer: Boolean(found[2]), address: (found[4] ?? '').trim(), email };
  const at = text.indexOf(',');
  if (at > 0 && /\d{4,5}\s+\p{L}/u.test(text.slice(at)))
    return { name: text.slice(0, at), payer: false, address: text.slice(at + 1).trim(), email };
  return { name: text, payer: false, address: '', email };
}

/** Makes it; the field for which it is made says what it is for. */
export function quickNew(entity: Entity, typed: string, field: string): Promise<Reply> {
  const body: Record<string, unknown> = initialValues(entity.fields.filter((f) => f.required && f.kind === 'choice'));
  const has = (name: string) => entity.fields.some((f) => f.name === name && !f.readonly);
  if (!has('tax_number')) return send(entity, { command: 'create', body: { ...body, [entity.title]: typed.trim() } });
  const { name, tax, payer, address, email } = readName(typed);
  body[entity.title] = name;
  if (email) body.email = email;
  if (tax) body.tax_number = tax;
  if (tax && payer && has('vat_id')) body.vat_id = `SI${tax}`;
  if (has('is_customer') && /customer|payer|party/.test(field)) body.is_customer = true;
  if (has('is_supplier') && /supplier/.test(field)) body.is_supplier = true;
  if (address && entity.lines.some((l) => l.name === 'addresses'))
    body.addresses = [{ ...readAddress(address), country: 'SI', as_typed: address }];
  return send(entity, { command: 'create', body });
}
