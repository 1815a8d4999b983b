/** Bank lines left, ranked proposals right; Enter matches and goes on. *Paid* follows from here, and from nowhere else. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { useSend } from '../../api/commands';
import { type Entity, useEntity } from '../../api/model';
import { applyQuery, countQuery, functionQuery, listQuery } from '../../api/odata';
import { listPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { date, money } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Figure, Figures } from '../../ui/marks';
import { Bars, Empty, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import { CashOutlook } from './CashOutlook';
import { bodyOf, type Candidate, type Choice, choicesFor } from './matching';
import { Proposals } from './Proposals';

export interface BankLine {
  id: number;
  booked_on: string;
  amount: number;
  party_name: string;
  reference: string | null;
  text: string;
}

export default function Money() {
  const { t } = useTranslation();
  const lines = useEntity('BankLine') as Entity;
  const statements = useEntity('BankStatement') as Entity;
  const open = { filter: "state eq 'open'" };
  const asked = useQuery(listQuery<BankLine>(lines, { ...open, orderby: 'booked_on desc', top: 200 }));
  const ranked = useRanked(lines, asked.data);
  const rows = ranked.map((r) => r.line);
  const [at, setAt] = useState(0);
  const [choice, setChoice] = useState(0);
  const line = rows[Math.min(at, Math.max(0, rows.length - 1))];
  const choices = ranked.find((r) => r.line === line)?.choices ?? [];
  const { run, fault, busy } = useMatching(lines, line, () => setChoice(0));
  const reading = useReading(statements);
  const bank = useBank(lines, statements);
  const move = (by: number) => {
    setAt(Math.max(0, Math.min(rows.length - 1, at + by)));
    setChoice(0);
  };
  const match = (c: Choice | undefined) => c && void run('match', bodyOf(c));
  const [other, setOther] = useState(false);
  useActions([
    { id: 'match', label: t('money.match'), keys: ['Enter', 'n'], run: () => match(choices[choice]) },
    ...choices.map((c, i) => ({
      id: `choice-${i}`,
      label: t('money.choose', { n: i + 1 }),
      keys: [String(i + 1)],
      quiet: true,
      run: () => (i === choice ? match(c) : setChoice(i)),
    })),
    { id: 'other', label: t('money.other'), keys: ['/'], run: () => setOther(true) },
    { id: 'later', label: t('money.later'), keys: ['h'], run: () => move(1) },
    { id: 'down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => move(1) },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => move(-1) },
    { id: 'read', label: t('money.read'), keys: ['u'], run: reading.choose },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('money.title')} crumbs={[{ label: statements.labels, to: listPath(statements) }]}>
        <Button k="u" icon={<Upload className="i" aria-hidden="true" />} onClick={reading.choose}>
          {t('money.read')}
        </Button>
      </Top>
      {reading.input}
      <Heads bank={bank} />
      {(reading.fault ?? asked.error) && (
        <div className="sec">
          <Problem
            message={(reading.fault ?? asked.error)?.message ?? ''}
            {...(reading.fault ? { advice: reading.fault.advice } : {})}
          />
        </div>
      )}
      <div className="cols mo">
        <section className="pane" aria-label={t('money.lines')}>
          <div className="ghead">
            <h2>{t('money.left', { count: rows.length })}</h2>
          </div>
          {(asked.isPending || ranked.length < (asked.data?.length ?? 0)) && <Bars />}
          {asked.data?.length === 0 && (
            <Empty title={t('money.nothing')} action={<Button onClick={reading.choose}>{t('money.read')}</Button>}>
              {t('money.nothing_text')}
            </Empty>
          )}
          {rows.length > 0 && (
            <Lines
              rows={ranked}
              current={line?.id ?? 0}
              onCurrent={(i) => {
                setAt(i);
                setChoice(0);
              }}
            />
          )}
        </section>
        {line && (
          <Proposals
            line={line}
            choices={choices}
            chosen={choice}
            other={other}
            fault={fault}
            busy={busy}
            onChoose={setChoice}
            onMatch={(c) => match(c)}
            onLater={() => move(1)}
            onOther={setOther}
            onRun={(command, body) => void run(command, body)}
          />
        )}
      </div>
      {bank.last && <CashOutlook start={bank.last.closing} unmatched={Number(bank.left?.amount ?? 0)} />}
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['Enter'], t('money.match_on')],
          [['1', '3'], t('money.choose_one')],
          [['/'], t('money.other')],
          [['H'], t('money.later')],
        ]}
      />
    </main>
  );
}

interface Ranked {
  line: BankLine;
  choices: Choice[];
}

/** How many lines are looked through beforehand. */
const LOOKED = 40;

/** Lines with what they may pay: sure ones first, so that Enter after Enter empties the list. */
function useRanked(entity: Entity, lines: BankLine[] | undefined): Ranked[] {
  const looked = (lines ?? []).slice(0, LOOKED);
  const answers = useQueries({
    queries: looked.map((l) => functionQuery<{ value: Candidate[] }>(entity, l.id, 'proposals')),
  });
  if (answers.some((a) => a.isPending)) return [];
  const all = (lines ?? []).map(
    (line, i): Ranked => ({ line, choices: choicesFor(line.amount, answers[i]?.data?.value ?? []) }),
  );
  const rank = (r: Ranked) => (r.choices[0]?.sure ? 0 : r.choices.length > 0 ? 1 : 2);
  return all.sort((a, b) => rank(a) - rank(b));
}

function said(choice: Choice | undefined, t: (key: string, options?: Record<string, unknown>) => string): string {
  if (!choice) return t('money.fits_nothing');
  return choice.sure
    ? t('money.sure', { count: choice.lines.length })
    : `${t('money.maybe')} ${choice.lines[0]?.number ?? ''}`;
}

function useBank(lines: Entity, statements: Entity) {
  const last = useQuery(
    listQuery<{ id: number; closing: number; number: string; statement_on: string; currency: string }>(statements, {
      orderby: 'statement_on desc',
      top: 1,
    }),
  ).data?.[0];
  const left = useQuery(
    applyQuery(lines, { filter: "state eq 'open'" }, 'aggregate(amount with sum as amount,$count as n)'),
  ).data?.[0];
  const all = useQuery(countQuery(lines, {})).data;
  return { last, left, all };
}

/** What the bank says, and what of it is not in the books yet. */
function Heads({ bank: { last, left, all } }: { bank: ReturnType<typeof useBank> }) {
  const { t } = useTranslation();
  if (!last) return null;
  const open = Number(left?.n ?? 0);
  return (
    <div className="rec">
      <Figures>
        <Figure
          label={t('money.bank_says')}
          sub={t('money.statement', { number: last.number, date: date(last.statement_on) })}
        >
          {money(last.closing)}
        </Figure>
        <Figure label={t('money.not_matched')} sub={t('money.lines_open', { count: open })}>
          {money(Number(left?.amount ?? 0))}
        </Figure>
        <Figure label={t('money.matched')} sub={t('money.of_all')}>
          {t('money.n_of', { n: (all ?? open) - open, of: all ?? open })}
        </Figure>
      </Figures>
    </div>
  );
}

function Lines({ rows, current, onCurrent }: { rows: Ranked[]; current: number; onCurrent: (i: number) => void }) {
  const { t } = useTranslation();
  return (
    <table className="t cards">
      <caption className="sr">{t('money.lines')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('customer.date')}</th>
          <th scope="col">{t('money.who')}</th>
          <th scope="col">{t('money.proposal')}</th>
          <th scope="col" className="num">
            {t('customer.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ line: row, choices }, i) => (
          <tr
            key={row.id}
            className={row.id === current ? 'cur' : ''}
            aria-current={row.id === current || undefined}
            onClick={() => onCurrent(i)}
          >
            <td className="ink2 p4">{date(row.booked_on)}</td>
            <td className="cutcell p1 wide-cell">
              <span className="strong">{row.party_name || t('money.unknown')}</span>{' '}
              <span className="ink3">{row.reference || row.text}</span>
            </td>
            <td className="p3 ink2">{said(choices[0], t)}</td>
            <td className="num p2 strong">{money(row.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useMatching(lines: Entity, line: BankLine | undefined, then: () => void) {
  const { t } = useTranslation();
  const send = useSend();
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  async function run(command: string, body: Record<string, unknown>): Promise<void> {
    if (!line || busy) return;
    setBusy(true);
    setFault(null);
    try {
      const reply = await send(lines, { command, id: line.id, body });
      say([t('money.done', { amount: money(line.amount), who: line.party_name }), ...reply.effects].join(' '));
      then();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { run, fault, busy };
}

/** A statement chosen from the disk: camt.053, as banks give it out. */
function useReading(statements: Entity) {
  const { t } = useTranslation();
  const send = useSend();
  const file = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  async function read(files: FileList | null): Promise<void> {
    setFault(null);
    try {
      for (const one of files ?? []) {
        const reply = await send(statements, { command: 'import_camt', body: { content: await one.text() } });
        say([t('money.was_read', { name: one.name }), ...reply.effects].join(' '));
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    }
  }
  const input = (
    <input
      ref={file}
      type="file"
      accept=".xml,text/xml,application/xml"
      multiple
      hidden
      aria-label={t('money.read')}
      onChange={(e) => {
        void read(e.target.files);
        e.target.value = '';
      }}
    />
  );
  return { choose: () => file.current?.click(), input, fault };
}
