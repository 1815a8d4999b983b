import { type Command, commandsFor, type Entity, stateOf } from '../api/model';

/** The same letter means the same everywhere: keys of commands, by the command's name. */
const LETTERS: Record<string, string> = {
  ship: 's',
  deliver: 's',
  invoice: 'i',
  quote: 'q',
  propose: 'q',
  receive: 'v',
  buy_short: 'b',
  send: 'mod+m',
  complete: 'a',
  retry: 'r',
  copy: 'y',
};

export function keyOfCommand(name: string): string | undefined {
  return LETTERS[name];
}

/** Steps that nobody takes as the usual next one. */
const ASIDE = new Set([
  'cancel',
  'lose',
  'reopen',
  'reverse',
  'waive',
  'take_back',
  'amend',
  'copy',
  'send',
  'credit',
  'close',
  'revoke',
  'unmerge',
  'merge_into',
  'set_password',
  'skip',
  'done_by_hand',
  'correct_customer',
  'release',
  'reserve',
  'edit',
  'sign_act',
  'buy_short',
  'engineer',
  'write_off',
  'allocate',
]);

/** What must be left to do for a step to be the next one. */
const LEFT: Record<string, string> = {
  receive: 'to_receive',
  deliver: 'to_deliver',
  ship: 'to_deliver',
  invoice: 'to_invoice',
  accept_excess: 'excess',
};

export function isNextStep(name: string, row: Record<string, unknown>): boolean {
  const left = row[LEFT[name] ?? ''];
  return !ASIDE.has(name) && left !== 0;
}

/** Commands whose result is what one wants to see next, and the entity it is. */
export const LEADS_TO: Record<string, string> = {
  invoice: 'Invoice',
  propose: 'SalesOrder',
  credit: 'Invoice',
  correct_customer: 'Invoice',
  revise: 'Bill',
};

/** The next step of a record: the first of its life that has something left to do and has not brought it here. */
export function nextCommand(entity: Entity, row: Record<string, unknown>): Command | undefined {
  const state = stateOf(entity, row);
  const life = entity.life ?? [];
  const came = (name: string) => life.some((s) => s.command === name && s.to === state && s.from !== state);
  return commandsFor(entity, state).find((c) => c.from.length > 0 && isNextStep(c.name, row) && !came(c.name));
}
