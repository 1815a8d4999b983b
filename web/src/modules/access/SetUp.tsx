/** The first hour: one question a screen, each with a good default, ending with a firm that can write an invoice. */
import { useQueryClient } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type Fault, Refused } from '../../api/client';
import { accepted, type Session, sessionQuery } from '../../api/session';
import { speakLanguage } from '../../app/i18n';
import { readAddress } from '../../record/address';
import { Button } from '../../ui/Button';
import { Labelled, TextInput } from '../../ui/inputs';
import { Mark } from '../../ui/marks';
import { Problem } from '../../ui/notes';

type Answers = Record<'company' | 'tax' | 'address' | 'iban' | 'name' | 'login' | 'password', string>;

interface Question {
  id: string;
  fields: { name: keyof Answers; type?: string; auto?: string; optional?: boolean }[];
  /** Fields of the server that are answered here. */
  answers: string[];
}

const QUESTIONS: Question[] = [
  { id: 'company', fields: [{ name: 'company', auto: 'organization' }], answers: ['name', 'company'] },
  { id: 'tax', fields: [{ name: 'tax', optional: true }], answers: ['tax_number', 'vat_id'] },
  {
    id: 'address',
    fields: [{ name: 'address', optional: true, auto: 'street-address' }],
    answers: ['street', 'postal_code', 'town'],
  },
  { id: 'bank', fields: [{ name: 'iban', optional: true }], answers: ['iban'] },
  {
    id: 'person',
    fields: [
      { name: 'name', auto: 'name' },
      { name: 'login', auto: 'username' },
      { name: 'password', type: 'password', auto: 'new-password' },
    ],
    answers: ['user', 'login', 'password'],
  },
];

const KEPT = 'celota.set-up';

function kept(): Answers {
  const empty: Answers = { company: '', tax: '', address: '', iban: '', name: '', login: '', password: '' };
  try {
    return { ...empty, ...(JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Partial<Answers>), password: '' };
  } catch {
    return empty;
  }
}

export default function SetUp() {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [at, setAt] = useState(0);
  const [answers, setAnswers] = useState<Answers>(kept);
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const question = QUESTIONS[at] ?? QUESTIONS[0];
  if (!question) return null;
  const last = at === QUESTIONS.length - 1;
  const missing = question.fields.some((f) => !f.optional && answers[f.name].trim() === '');
  const other = i18n.language === 'sl' ? 'en' : 'sl';
  const mine = (f: Fault) => question.answers.some((a) => f.field?.split('/').at(-1) === a);

  function set(name: keyof Answers, value: string) {
    const next = { ...answers, [name]: value };
    setAnswers(next);
    const { password: _, ...safe } = next;
    sessionStorage.setItem(KEPT, JSON.stringify(safe));
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || busy) return;
    setFault(null);
    if (!last) return setAt(at + 1);
    setBusy(true);
    try {
      const session = await call<Session>('POST', '/api/set-up', { body: bodyOf(answers, i18n.language) });
      sessionStorage.removeItem(KEPT);
      client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
      client.setQueryData(sessionQuery.queryKey, accepted(session));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const field = error.all[0]?.field?.split('/').at(-1) ?? '';
      const where = QUESTIONS.findIndex((q) => q.answers.includes(field));
      if (where >= 0) setAt(where);
      setFault(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="setup" id="main">
      <aside className="side" aria-label={t('setup.steps')}>
        <div className="brand">
          <Mark />
          Celota
        </div>
        <ol className="steps">
          {QUESTIONS.map((q, i) => (
            <li
              key={q.id}
              className={i < at ? 'done' : i === at ? 'now' : ''}
              aria-current={i === at ? 'step' : undefined}
            >
              <span className="sd">{i < at && <Check className="i" aria-hidden="true" />}</span>
              <span>
                <span className="strong">{t(`setup.${q.id}.step`)}</span>
                <span className="ink3 small block">
                  {i < at ? answers[q.fields[0]?.name ?? 'company'] || t('setup.later') : t(`setup.${q.id}.note`)}
                </span>
              </span>
            </li>
          ))}
        </ol>
        <p className="ink3 small keep">{t('setup.keep')}</p>
      </aside>
      <section className="q1">
        <form className="inner" onSubmit={submit}>
          <p className="ink3">
            {t('setup.question', { n: at + 1, of: QUESTIONS.length })} ·{' '}
            <button type="button" className="link" lang={other} onClick={() => void speakLanguage(other)}>
              {other === 'sl' ? 'Slovensko' : 'English'}
            </button>
          </p>
          <h1>{t(`setup.${question.id}.title`)}</h1>
          <p className="read ink2">{t(`setup.${question.id}.text`)}</p>
          {question.fields.map((field, i) => {
            const own = fault?.all.find(
              (f) => mine(f) && (question.fields.length === 1 || f.field?.endsWith(field.name)),
            );
            return (
              <Labelled
                key={`${question.id}-${field.name}`}
                label={t(`setup.fields.${field.name}`)}
                fault={own ? { message: own.message, advice: own.advice } : undefined}
                hint={t(`setup.hints.${field.name}`, { defaultValue: '' })}
              >
                {(ids) => (
                  <TextInput
                    {...ids}
                    className="in big-in"
                    type={field.type ?? 'text'}
                    autoComplete={field.auto ?? 'off'}
                    autoFocus={i === 0}
                    value={answers[field.name]}
                    onValue={(value) => set(field.name, value)}
                  />
                )}
              </Labelled>
            );
          })}
          {fault && !fault.all.some(mine) && <Problem message={fault.message} advice={fault.advice} />}
          <div className="go">
            <Button look="primary" type="submit" k="Enter" className="big-b" disabled={missing || busy}>
              {busy ? t('setup.working') : last ? t('setup.finish') : t('setup.next')}
            </Button>
            {at > 0 && (
              <Button look="quiet" className="big-b back" onClick={() => setAt(at - 1)}>
                {t('setup.back')}
              </Button>
            )}
          </div>
        </form>
      </section>
    </main>
  );
}

function bodyOf(a: Answers, language: string): unknown {
  const tax = a.tax.replace(/\s/g, '').toUpperCase();
  const payer = tax.startsWith('SI');
  const company: Record<string, string> = { name: a.company.trim(), country: 'SI', ...readAddress(a.address) };
  if (tax) company.tax_number = tax.replace(/^SI/, '');
  if (payer) company.vat_id = tax;
  return {
    company,
    ...(a.iban.trim() ? { bank: { iban: a.iban.replace(/\s/g, '').toUpperCase() } } : {}),
    user: { name: a.name.trim(), login: a.login.trim(), password: a.password, language },
  };
}
