/**
 * A line of a bill as it is typed.
 *
 * - `2 wheel`, `2x wheel 5%`: so many of a component, and how much of it is lost.
 * - `@bench 30 mount`, `mount 10+30 @bench`: an operation at a work center, minutes for one, behind a `+` where it is
 *   set up first. Quotes hold words together: `@"paint shop" 12`.
 */

export interface TypedPart {
  kind: 'component';
  quantity: number;
  words: string;
  scrap: number | null;
}

export interface TypedWork {
  kind: 'operation';
  name: string;
  center: string;
  setup: number | null;
  run: number | null;
}

export type TypedLine = TypedPart | TypedWork;

type Parse = (text: string) => number | null;

export function readBillLine(text: string, parse: Parse): TypedLine {
  return text.includes('@') ? readWork(text, parse) : readPart(text, parse);
}

function readPart(text: string, parse: Parse): TypedPart {
  let scrap: number | null = null;
  const words = text
    .trim()
    .replaceAll(/(?:^|\s)(\d[\d.,]*)\s?%(?=\s|$)/g, (whole, figure: string) => {
      scrap = parse(figure) ?? scrap;
      return parse(figure) === null ? whole : ' ';
    })
    .trim();
  // A number in a cell of its own is the quantity, wherever it stands.
  const cells = words
    .split(/\t|;/)
    .map((c) => c.trim())
    .filter(Boolean);
  const at = cells.length > 1 ? cells.findIndex((c) => /^\d[\d.,]*$/.test(c)) : -1;
  const quantity = at >= 0 ? parse(cells[at] ?? '') : null;
  if (quantity !== null)
    return { kind: 'component', quantity, words: cells.filter((_, i) => i !== at)[0] ?? '', scrap };
  const first = /^(\d[\d.,]*)\s*(?:[x×*]\s*|\s+)(.+)$/.exec(words);
  const many = first ? parse(first[1] ?? '') : null;
  if (first && many !== null) return { kind: 'component', quantity: many, words: (first[2] ?? '').trim(), scrap };
  return { kind: 'component', quantity: 1, words, scrap };
}

/** `30`, `10+30`, `30 min`: minutes. */
const MINUTES = /(?:^|\s)(?:(\d[\d.,]*)\s*\+\s*)?(\d[\d.,]*)(?:\s?min\.?)?(?=\s|$)/;

function readWork(text: string, parse: Parse): TypedWork {
  const named = /@(?:"([^"]*)"?|(\S*))/.exec(text);
  const center = (named?.[1] ?? named?.[2] ?? '').trim();
  let rest = text.replace(named?.[0] ?? '', ' ');
  const minutes = MINUTES.exec(rest);
  if (minutes) rest = rest.replace(minutes[0], ' ');
  const figure = (typed: string | undefined) => (typed === undefined ? null : parse(typed));
  return {
    kind: 'operation',
    name: rest.trim().replaceAll(/\s+/g, ' '),
    center,
    setup: figure(minutes?.[1]),
    run: figure(minutes?.[2]),
  };
}

/** Whether there is enough of it to be a line. */
export function isWhole(line: TypedLine): boolean {
  return line.kind === 'component' ? line.words !== '' : line.center !== '' && (line.setup ?? 0) + (line.run ?? 0) > 0;
}

/** A pasted block, a line a row. */
export function rowsOf(block: string): string[] {
  return block
    .split(/\r?\n/)
    .map((row) => row.trim())
    .filter(Boolean);
}

export interface Center {
  id: number;
  code: string;
  title: string;
}

/** The work center that is meant: called exactly so, beginning so, or with a word that begins so. */
export function centerOf(typed: string, centers: Center[]): Center | undefined {
  const wanted = typed.toLowerCase();
  if (wanted === '') return undefined;
  const names = (c: Center) => [c.code.toLowerCase(), c.title.toLowerCase()];
  return (
    centers.find((c) => names(c).includes(wanted)) ??
    centers.find((c) => names(c).some((n) => n.startsWith(wanted))) ??
    centers.find((c) => names(c).some((n) => n.split(/[\s-]+/).some((word) => word.startsWith(wanted))))
  );
}
