/** One more sentence of a scenario: what, about whom, how much and when. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { search } from '../../api/odata';
import { useWarehouses } from '../../record/warehouses';
import { Button } from '../../ui/Button';
import { dayToday, plusDays, price } from '../../ui/format';
import { ChoiceInput, DateInput, NumberInput } from '../../ui/inputs';
import { LookUp } from '../../ui/LookUp';
import { ABOUT, KINDS, type Kind, PARTS, type Sentence } from './sentences';

/** Days of the first and the second day that are asked for, from today on. */
const FIRST: Record<Kind, string[]> = {
  down: ['1', '3'],
  shift: [],
  overtime: ['1', '5', '2'],
  order: ['1', '14'],
  late: ['7'],
  transfer: ['2'],
  first: [],
  bigger: ['2'],
};

function begun(kind: Kind): string[] {
  return PARTS[kind].map((part, i) => {
    const first = FIRST[kind][i] ?? '1';
    return part === 'day' ? plusDays(dayToday(), Number(first)) : first;
  });
}

export function NewSentence({ onSentence }: { onSentence: (one: Sentence) => void }) {
  const { t } = useTranslation();
  // With one warehouse nothing goes from one to another.
  const several = useWarehouses().length > 0;
  const kinds = KINDS.filter((k) => k !== 'transfer' || several);
  const [kind, setKind] = useState<Kind>('down');
  const [about, setAbout] = useState<{ id: number; title: string } | null>(null);
  const [parts, setParts] = useState(begun('down'));
  const choose = (next: Kind) => {
    if (ABOUT[next] !== ABOUT[kind]) setAbout(null);
    setKind(next);
    setParts(begun(next));
  };
  const put = (i: number, value: string) => setParts(parts.map((p, n) => (n === i ? value : p)));
  const whole = about !== null && parts.every((p) => p !== '');
  const add = () => {
    if (!about || !whole) return;
    onSentence({ kind, id: about.id, parts });
    setAbout(null);
  };
  return (
    <form
      className="new-sentence"
      onSubmit={(e) => {
        e.preventDefault();
        add();
      }}
    >
      <ChoiceInput
        aria-label={t('scenario.kind_label')}
        value={kind}
        onValue={(k) => k && choose(k as Kind)}
        choices={kinds.map((k) => ({ value: k, label: t(`scenario.kind.${k}`) }))}
      />
      <LookUp
        key={ABOUT[kind]}
        className="in"
        label={t(`scenario.about.${ABOUT[kind]}`)}
        placeholder={t(`scenario.about.${ABOUT[kind]}`)}
        value={about}
        nothing={t('scenario.nothing_found')}
        find={async (text, signal) => await search(text, [ABOUT[kind]], 8, signal)}
        onPick={(o) => setAbout(o ? { id: Number(o.id), title: o.title } : null)}
      />
      {PARTS[kind].map((part, i) =>
        part === 'day' ? (
          <DateInput
            key={`${kind}-${i}`}
            aria-label={t(`scenario.part.${kind}.${i}`)}
            value={parts[i] ?? null}
            onValue={(day) => put(i, day ?? '')}
          />
        ) : (
          <NumberInput
            key={`${kind}-${i}`}
            aria-label={t(`scenario.part.${kind}.${i}`)}
            show={(n) => (Number.isInteger(n) ? String(n) : price(n))}
            value={parts[i] === undefined || parts[i] === '' ? null : Number(parts[i])}
            onValue={(n) => put(i, n === null ? '' : String(n))}
          />
        ),
      )}
      <Button type="submit" disabled={!whole}>
        {t('scenario.add')}
      </Button>
    </form>
  );
}
