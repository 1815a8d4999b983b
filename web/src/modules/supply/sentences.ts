/** The sentences of a scenario, as the address bar holds them and the server reads them. */

export const KINDS = ['down', 'late', 'transfer', 'order', 'bigger', 'first', 'overtime', 'shift'] as const;
export type Kind = (typeof KINDS)[number];

export interface Sentence {
  kind: Kind;
  id: number;
  /** What else it says, in its order: days, quantities, dates as they are written on the wire. */
  parts: string[];
}

/** Of which entity the one is that a sentence is about. */
export const ABOUT: Record<Kind, string> = {
  down: 'WorkCenter',
  shift: 'WorkCenter',
  overtime: 'WorkCenter',
  order: 'Product',
  late: 'PurchaseOrder',
  transfer: 'TransferOrder',
  first: 'SalesOrder',
  bigger: 'SalesOrder',
};

/** What else is asked for. */
export const PARTS: Record<Kind, ('day' | 'number')[]> = {
  down: ['day', 'day'],
  shift: [],
  overtime: ['day', 'day', 'number'],
  order: ['number', 'day'],
  late: ['number'],
  transfer: ['number'],
  first: [],
  bigger: ['number'],
};

export function read(text: string | undefined): Sentence[] {
  return (text ?? '').split('!').flatMap((one) => {
    const [kind, id, ...parts] = one.split('~');
    const known = KINDS.find((k) => k === kind);
    return known && Number(id) > 0 && parts.length === PARTS[known].length
      ? [{ kind: known, id: Number(id), parts }]
      : [];
  });
}

export function write(sentences: Sentence[]): string {
  return sentences.map((s) => [s.kind, s.id, ...s.parts].join('~')).join('!');
}
