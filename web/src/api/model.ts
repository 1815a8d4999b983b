/** The model as the server describes it to this person. */
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { call } from './client';

export type Kind =
  | 'text'
  | 'long_text'
  | 'choice'
  | 'bool'
  | 'date'
  | 'instant'
  | 'money'
  | 'decimal'
  | 'quantity'
  | 'integer'
  | 'ref'
  | 'origin_entity'
  | 'origin_id'
  | 'file'
  | 'json'
  | 'lines';

export interface Choice {
  value: string;
  label: string;
}

export interface Field {
  name: string;
  nav: string | null;
  kind: Kind;
  target: string | null;
  label: string;
  required: boolean;
  readonly: boolean;
  computed: boolean;
  custom: boolean;
  personal: boolean;
  sortable: boolean;
  choices: Choice[];
  default: string | null;
  /** Of lines in the input of a command. */
  fields?: Field[];
}

export interface Command {
  name: string;
  label: string;
  help: string;
  from: string[];
  to: string | null;
  input: Field[];
  scope: 'record' | 'set';
  final: boolean;
}

export interface Query {
  name: string;
  scope: 'record' | 'set';
  params: Field[];
}

export interface Entity {
  name: string;
  set: string;
  module: string;
  area: string | null;
  label: string;
  labels: string;
  title: string;
  state: string | null;
  list: string[];
  searchable: boolean;
  fields: Field[];
  lines: { name: string; entity: string; label: string }[];
  parent: string | null;
  commands: Command[];
  queries: Query[];
  life?: { from: string; command: string; to: string }[];
  editable_in: string[];
  rights: { create: boolean; update: boolean; delete: boolean };
}

export interface Area {
  name: string;
  label: string;
  entities: string[];
}

export interface Model {
  language: string;
  areas: Area[];
  entities: Record<string, Entity>;
}

/** The order of the chain, in which areas stand. */
const CHAIN = [
  'relationships',
  'sales',
  'plan',
  'purchasing',
  'production',
  'warehouse',
  'finance',
  'people',
  'equipment',
  'documents',
  'processes',
  'settings',
];

export function inOrder(model: Model): Model {
  const place = (name: string) => (CHAIN.includes(name) ? CHAIN.indexOf(name) : CHAIN.length);
  return { ...model, areas: model.areas.toSorted((a, b) => place(a.name) - place(b.name)) };
}

export const modelQuery = queryOptions({
  queryKey: ['model'],
  queryFn: async ({ signal }) => inOrder(await call<Model>('GET', '/api/model', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export function useModel(): Model {
  return useSuspenseQuery(modelQuery).data;
}

/** The entity of this name, or undefined where it is not installed or not for this person. */
export function useEntity(name: string): Entity | undefined {
  return useModel().entities[name];
}

export function entityOfSet(model: Model, set: string): Entity | undefined {
  return Object.values(model.entities).find((e) => e.set === set);
}

export function fieldOf(entity: Entity, name: string): Field | undefined {
  return entity.fields.find((f) => f.name === name || f.nav === name);
}

export function stateOf(entity: Entity, row: Record<string, unknown>): string | null {
  const state = entity.state ? row[entity.state] : null;
  return typeof state === 'string' ? state : null;
}

export function choiceLabel(field: Field | undefined, value: unknown): string {
  return field?.choices.find((c) => c.value === value)?.label ?? String(value ?? '');
}

/** Whether plain editing is legal for this record as it stands. */
export function editable(entity: Entity, row: Record<string, unknown>): boolean {
  if (!entity.rights.update) return false;
  const state = stateOf(entity, row);
  return entity.editable_in.length === 0 || state === null || entity.editable_in.includes(state);
}

/** Commands that are legal for a record in this state, in the order of its life; the first is the next step. */
export function commandsFor(entity: Entity, state: string | null): Command[] {
  const legal = entity.commands.filter(
    (c) => c.scope === 'record' && (c.from.length === 0 || (state !== null && c.from.includes(state))),
  );
  const order = (entity.life ?? []).filter((s) => s.from === state).map((s) => s.command);
  const place = (c: Command) => (order.includes(c.name) ? order.indexOf(c.name) : order.length);
  return legal.sort((a, b) => place(a) - place(b));
}

export function hasQuery(entity: Entity | undefined, name: string): boolean {
  return entity?.queries.some((q) => q.name === name) ?? false;
}

export function commandOf(entity: Entity | undefined, name: string): Command | undefined {
  return entity?.commands.find((c) => c.name === name);
}
