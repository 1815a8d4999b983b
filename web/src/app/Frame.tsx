/** What stands around every page: who is signed in decides between the first hour, the door and the shell. */
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client';
import { modelQuery } from '../api/model';
import { useStanding } from '../api/session';
import { learnWords } from '../api/words';
import { writeAs } from '../ui/format';
import { Bars, Problem } from '../ui/notes';
import { Toasts } from '../ui/Toasts';
import { speakLanguage } from './i18n';
import { Shell } from './Shell';
import { SignIn } from './SignIn';
import { paint, type Theme } from './theme';

const SetUp = lazy(() => import('../modules/access/SetUp'));

export function Frame() {
  const { t } = useTranslation();
  return (
    <Caught>
      <Suspense fallback={null}>
        <Door />
        <Toasts label={t('app.messages')} close={t('app.close')} />
      </Suspense>
    </Caught>
  );
}

function Door() {
  const standing = useStanding();
  if (standing.kind === 'empty') return <SetUp />;
  if (standing.kind === 'out') return <SignIn />;
  return (
    <Inside
      language={standing.session.user.language}
      theme={standing.session.user.theme}
      today={standing.session.today}
    />
  );
}

function Inside({ language, theme, today }: { language: string; theme: string | null; today: string }) {
  const [spoken, setSpoken] = useState<string | null>(null);
  const client = useQueryClient();
  writeAs(language, today);
  useEffect(() => {
    void client.prefetchQuery(modelQuery);
    void Promise.all([speakLanguage(language), learnWords(language)]).then(() => setSpoken(language));
  }, [language, client]);
  useEffect(() => {
    if (theme === 'light' || theme === 'dark' || theme === 'system') paint(theme as Theme);
  }, [theme]);
  if (spoken !== language) return null;
  return (
    <Shell>
      <Page />
    </Shell>
  );
}

function Page() {
  const path = useRouterState({ select: (s) => s.location.pathname });
  return (
    <Caught key={path} inside>
      <Suspense
        fallback={
          <main className="page" id="main">
            <Bars />
          </main>
        }
      >
        <Outlet />
      </Suspense>
    </Caught>
  );
}

interface CaughtProps {
  children: ReactNode;
  inside?: boolean;
}

/** What nobody foresaw stays on its page, with its reason. */
class Caught extends Component<CaughtProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const advice = error instanceof Refused ? error.advice : undefined;
    return (
      <main className="page" id="main">
        <div className="body">
          <Problem
            message={error.message}
            {...(advice ? { advice } : {})}
            action={
              <button type="button" className="btn" onClick={() => this.setState({ error: null })}>
                ↻
              </button>
            }
          />
        </div>
      </main>
    );
  }
}
