import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused } from '../api/client';
import { accepted, type Session, sessionQuery } from '../api/session';
import { Button } from '../ui/Button';
import { Labelled, selects } from '../ui/inputs';
import { Mark } from '../ui/marks';
import { Problem } from '../ui/notes';
import { speakLanguage } from './i18n';

export function SignIn() {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const other = i18n.language === 'sl' ? 'en' : 'sl';

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      const session = await call<Session>('POST', '/api/sign-in', { body: { login, password } });
      client.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
      client.setQueryData(sessionQuery.queryKey, accepted(session));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="door" id="main">
      <form onSubmit={submit} className="door-form">
        <div className="brand">
          <Mark />
          Celota
        </div>
        <h1 className="big">{t('signin.title')}</h1>
        <Labelled label={t('signin.login')}>
          {(ids) => (
            <input
              className="in"
              {...ids}
              name="login"
              autoComplete="username"
              autoFocus
              value={login}
              onFocus={selects}
              onChange={(e) => setLogin(e.target.value)}
            />
          )}
        </Labelled>
        <Labelled label={t('signin.password')}>
          {(ids) => (
            <input
              className="in"
              {...ids}
              name="password"
              type="password"
              autoComplete="current-password"
              value={password}
              onFocus={selects}
              onChange={(e) => setPassword(e.target.value)}
            />
          )}
        </Labelled>
        {fault && <Problem message={fault.message} advice={fault.advice} />}
        <Button look="primary" type="submit" k="Enter" disabled={busy}>
          {t('signin.do')}
        </Button>
        <button type="button" className="link" lang={other} onClick={() => speakLanguage(other)}>
          {other === 'sl' ? 'Slovensko' : 'English'}
        </button>
      </form>
    </main>
  );
}
