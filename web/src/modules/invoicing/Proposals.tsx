/** What a bank line most probably pays; one of the proposals, an account, or somebody's account. */
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refused } from '../../api/client';
import { useModel } from '../../api/model';
import { findRecords } from '../../record/FieldInput';
import { Button } from '../../ui/Button';
import { date, daysBetween, dayToday, money } from '../../ui/format';
import { Labelled, TextInput } from '../../ui/inputs';
import { LookUp } from '../../ui/LookUp';
import { Problem } from '../../ui/notes';
import type { BankLine } from './Money';
import type { Choice } from './matching';

interface Props {
  line: BankLine;
  choices: Choice[];
  chosen: number;
  other: boolean;
  fault: Refused | null;
  busy: boolean;
  onChoose: (i: number) => void;
  onMatch: (choice: Choice | undefined) => void;
  onLater: () => void;
  onOther: (open: boolean) => void;
  onRun: (command: string, body: Record<string, unknown>) => void;
}

export function Proposals(props: Props) {
  const { t } = useTranslation();
  const { line, choices, chosen } = props;
  const title = t(line.amount >= 0 ? 'money.from' : 'money.to', {
    amount: money(Math.abs(line.amount)),
    who: line.party_name || t('money.unknown'),
  });
  return (
    <section className="pane pr" aria-label={title}>
      <div className="ghead2">
        <h2>{title}</h2>
      </div>
      <p className="ink2 pr-text">{[line.reference, line.text].filter(Boolean).join(' · ')}</p>
      {choices.map((choice, i) => (
        <Proposal key={choice.id} choice={choice} on={i === chosen} n={i + 1} onChoose={() => props.onChoose(i)} />
      ))}
      {choices.length === 0 && <p className="ink2 pr-text">{t('money.nothing_fits')}</p>}
      {props.fault && (
        <div className="pr-text">
          <Problem message={props.fault.message} advice={props.fault.advice} />
        </div>
      )}
      <div className="acts">
        {choices.length > 0 && (
          <Button look="primary" k="Enter" disabled={props.busy} onClick={() => props.onMatch(choices[chosen])}>
            {t('money.match')}
          </Button>
        )}
        <Button k="h" onClick={props.onLater}>
          {t('money.later')}
        </Button>
        <Button look="quiet" k="/" onClick={() => props.onOther(!props.other)}>
          {t('money.other')}
        </Button>
      </div>
      {props.other && <Other key={line.id} line={line} onRun={props.onRun} onClose={() => props.onOther(false)} />}
    </section>
  );
}

function Proposal({ choice, on, n, onChoose }: { choice: Choice; on: boolean; n: number; onChoose: () => void }) {
  const { t } = useTranslation();
  const [first] = choice.lines;
  const why = [...new Set(choice.lines.flatMap((l) => l.why.split(', ').filter(Boolean)))];
  return (
    <button type="button" className={`prop ${on ? 'on' : ''}`} aria-pressed={on} onClick={onChoose}>
      <span className="head">
        <span className={`st strong ${choice.sure ? 'ok-s' : 'open'}`}>
          {t('money.pays', { count: choice.lines.length, who: first?.party ?? '' })}
        </span>
        <span className="end">
          <kbd aria-hidden="true">{on ? 'Enter' : n}</kbd>
        </span>
      </span>
      {choice.lines.map((l) => {
        const late = l.due_on ? daysBetween(l.due_on, dayToday()) : 0;
        return (
          <span key={`${l.kind}-${l.id}`} className="prop-line">
            <span className="code">{l.number}</span>
            <span className={late > 0 ? 'bad' : 'ink2'}>
              {l.due_on
                ? late > 0
                  ? t('customer.days_overdue', { count: late })
                  : t('money.due', { date: date(l.due_on) })
                : ''}
            </span>
            <span className="num ink2">{money(l.open)}</span>
            <span className="num strong">{money(l.amount)}</span>
          </span>
        );
      })}
      <span className="ev ink2">
        {choice.rest !== 0 && <span className="warn">{t('money.rest', { amount: money(choice.rest) })}</span>}
        {why.map((w) => (
          <span key={w}>
            <Check className="i s" aria-hidden="true" />
            {w}
          </span>
        ))}
      </span>
    </button>
  );
}

/** A line that pays no document: an account of the ledger, or money on account of somebody. */
function Other({ line, onRun, onClose }: { line: BankLine; onRun: Props['onRun']; onClose: () => void }) {
  const { t } = useTranslation();
  const model = useModel();
  const [account, setAccount] = useState<{ id: number; title: string } | null>(null);
  const [party, setParty] = useState<{ id: number; title: string } | null>(null);
  const [text, setText] = useState(line.text);
  return (
    <form
      className="other"
      onSubmit={(e) => {
        e.preventDefault();
        if (account) onRun('post_to_account', { account_id: account.id, text });
        else if (party) onRun('match', { party_id: party.id, lines: [] });
        else return;
        onClose();
      }}
    >
      <Labelled label={t('money.account')} hint={t('money.account_hint')}>
        {(ids) => (
          <LookUp
            id={ids.id}
            autoFocus
            value={account}
            find={(x, signal) => findRecords(model, 'Account', x, signal)}
            nothing={t('look.nothing')}
            onPick={(o) => setAccount(o ? { id: Number(o.id), title: o.title } : null)}
          />
        )}
      </Labelled>
      <Labelled label={t('money.party')} hint={t('money.party_hint')}>
        {(ids) => (
          <LookUp
            id={ids.id}
            value={party}
            find={(x, signal) => findRecords(model, 'Party', x, signal)}
            nothing={t('look.nothing')}
            onPick={(o) => setParty(o ? { id: Number(o.id), title: o.title } : null)}
          />
        )}
      </Labelled>
      <Labelled label={t('money.text')}>{(ids) => <TextInput {...ids} value={text} onValue={setText} />}</Labelled>
      <div className="acts">
        <Button type="submit" disabled={!account && !party}>
          {t('money.book')}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {t('app.cancel')}
        </Button>
      </div>
    </form>
  );
}
