/** A telephone call in five answers; who is known already shows while one types, and nothing has to be converted. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { newKey, useSend } from '../../api/commands';
import { type Entity, hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { Labelled, NumberInput, TextInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';

interface Twin {
  id: number;
  name: string;
  note: string;
}

interface Answers {
  who: string;
  company: string;
  phone: string;
  what: string;
  amount: number | null;
  party: Twin | null;
  contact: Twin | null;
}

const NONE: Answers = { who: '', company: '', phone: '', what: '', amount: null, party: null, contact: null };

export default function Call() {
  const { t } = useTranslation();
  const entity = useEntity('Opportunity') as Entity;
  const send = useSend();
  const navigate = useNavigate();
  const [a, setA] = useState<Answers>(NONE);
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const faults = fault?.byField() ?? new Map();
  const set = (by: Partial<Answers>) => setA((now) => ({ ...now, ...by }));

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const body = {
        who: a.who,
        company: a.company,
        phone: a.phone,
        what: a.what,
        amount: a.amount ?? 0,
        ...(a.party ? { party_id: a.party.id } : {}),
        ...(a.contact ? { contact_id: a.contact.id } : {}),
      };
      const reply = await send(entity, { command: 'call_in', body, key: key.current });
      const made = reply.result as { id?: number } | null;
      say(t('call.done'));
      await navigate(made?.id ? { to: recordPath(entity, made.id) } : { to: '/pipeline' });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      key.current = newKey();
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  useActions([
    { id: 'save', label: t('call.do'), keys: ['mod+Enter'], run: () => void submit() },
    {
      id: 'back',
      label: t('app.cancel'),
      keys: ['Escape'],
      inField: true,
      quiet: true,
      run: () => void navigate({ to: '/pipeline' }),
    },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('call.title')} crumbs={[{ label: t('pipeline.title'), to: '/pipeline' }]}>
        <Button look="primary" k="Enter" disabled={busy} onClick={() => void submit()}>
          {t('call.do')}
        </Button>
      </Top>
      <form className="call" onSubmit={submit}>
        <Labelled label={t('call.who')} fault={faults.get('who')}>
          {(ids) => <TextInput {...ids} autoFocus value={a.who} onValue={(who) => set({ who, contact: null })} />}
        </Labelled>
        <Twins
          entity={entity}
          text={a.who}
          chosen={a.contact}
          onChoose={(contact) => set(contact ? { contact, who: contact.name } : { contact })}
        />
        <Labelled label={t('call.company')} fault={faults.get('company')}>
          {(ids) => <TextInput {...ids} value={a.company} onValue={(company) => set({ company, party: null })} />}
        </Labelled>
        <Twins
          entity={entity}
          text={a.company}
          chosen={a.party}
          onChoose={(party) => set(party ? { party, company: party.name } : { party })}
        />
        <Labelled label={t('call.phone')} fault={faults.get('phone')}>
          {(ids) => <TextInput {...ids} inputMode="tel" value={a.phone} onValue={(phone) => set({ phone })} />}
        </Labelled>
        <Labelled label={t('call.what')} fault={faults.get('what')}>
          {(ids) => <TextInput {...ids} value={a.what} onValue={(what) => set({ what })} />}
        </Labelled>
        <Labelled label={t('call.amount')} fault={faults.get('amount')}>
          {(ids) => <NumberInput {...ids} value={a.amount} onValue={(amount) => set({ amount })} />}
        </Labelled>
        {fault && <Problem message={fault.message} advice={fault.advice} />}
        <button type="submit" className="sr" tabIndex={-1} aria-hidden="true" />
      </form>
      <Foot
        keys={[
          [['Tab'], t('call.next')],
          [['Enter'], t('call.do')],
          [['Esc'], t('app.cancel')],
        ]}
      />
    </main>
  );
}

/** Somebody of that name is known: one click or key says whether it is them. */
function Twins({
  entity,
  text,
  chosen,
  onChoose,
}: {
  entity: Entity;
  text: string;
  chosen: Twin | null;
  onChoose: (twin: Twin | null) => void;
}) {
  const { t } = useTranslation();
  const asked = text.trim();
  const { data } = useQuery({
    ...functionQuery<{ value: Twin[] }>(entity, null, 'duplicates', { text: asked }),
    enabled: asked.length > 2 && chosen === null && hasQuery(entity, 'duplicates'),
  });
  if (chosen) {
    return (
      <p className="twin">
        <span className="st ok-s">{t('call.known', { who: chosen.name })}</span>
        <button type="button" className="link" tabIndex={-1} onClick={() => onChoose(null)}>
          {t('call.another')}
        </button>
      </p>
    );
  }
  const twins = asked.length > 2 ? (data?.value ?? []).slice(0, 3) : [];
  if (twins.length === 0) return null;
  return (
    <p className="twin" aria-live="polite">
      <span className="ink3">{t('call.is_it')}</span>
      {twins.map((twin) => (
        <button key={twin.id} type="button" className="chip" tabIndex={-1} onClick={() => onChoose(twin)}>
          {twin.name} <span className="ink3">{twin.note}</span>
        </button>
      ))}
    </p>
  );
}
