/** What if: sentences, planned beside the real plan; taken over as commands, or thrown away. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity, useModel } from '../../api/model';
import { functionQuery, listQuery } from '../../api/odata';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { date, quantity } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Empty, Problem } from '../../ui/notes';
import { Compared, type Comparison } from './Compared';
import { NewSentence } from './NewSentence';
import { PlanTabs } from './PlanTabs';
import { ABOUT, read, type Sentence, write } from './sentences';
import { TakeOver, useTakingOver } from './TakeOver';

export default function Scenario() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const navigate = useNavigate();
  const { s } = useSearch({ strict: false }) as { s?: string };
  const sentences = read(s);
  const names = useNames(sentences);
  const asked = useQuery({
    ...functionQuery<Comparison>(product, null, 'scenario', { changes: write(sentences) }),
    enabled: sentences.length > 0,
  });
  const put = (next: Sentence[]) => {
    taking.forget();
    void navigate({
      to: '/plan/scenario',
      search: (next.length > 0 ? { s: write(next) } : {}) as never,
      replace: true,
    });
  };
  const taking = useTakingOver(sentences, names);
  useActions([
    {
      id: 'new',
      label: t('scenario.add'),
      keys: ['n'],
      run: () => document.querySelector<HTMLElement>('.new-sentence select')?.focus(),
    },
    { id: 'take', label: t('scenario.take_over'), keys: ['mod+Enter'], run: () => void taking.next() },
    { id: 'throw', label: t('scenario.throw_away'), keys: ['Delete', 'shift+Delete'], run: () => put([]) },
    { id: 'back', label: t('plan.back'), keys: ['Escape'], run: () => void navigate({ to: '/plan' }) },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('scenario.title')} crumbs={[{ label: t('plan.title'), to: '/plan' }]}>
        <PlanTabs />
      </Top>
      <section className="sec" aria-label={t('scenario.sentences')}>
        <div className="head">
          <h2>{t('scenario.what_if')}</h2>
          {sentences.length > 0 && (
            <Button look="quiet" className="end" k="Delete" onClick={() => put([])}>
              {t('scenario.throw_away')}
            </Button>
          )}
        </div>
        <ul className="sentences">
          {sentences.map((one, i) => (
            <li key={`${one.kind}-${one.id}-${one.parts.join()}`}>
              <span>{said(one, names, t)}</span>
              <Button
                look="quiet"
                icon={<X className="i s" aria-hidden="true" />}
                aria-label={t('scenario.without', { what: said(one, names, t) })}
                onClick={() => put(sentences.filter((_, n) => n !== i))}
              />
            </li>
          ))}
        </ul>
        <NewSentence onSentence={(one) => put([...sentences, one])} />
      </section>
      {asked.error && (
        <div className="rec">
          <Problem message={asked.error.message} advice={(asked.error as { advice?: string }).advice ?? ''} />
        </div>
      )}
      {sentences.length === 0 && <Empty title={t('scenario.empty')}>{t('scenario.empty_text')}</Empty>}
      {sentences.length > 0 && asked.isPending && <Bars />}
      {sentences.length > 0 && asked.data && (
        <>
          <Compared data={asked.data} />
          <TakeOver taking={taking} />
        </>
      )}
      <Foot
        keys={[
          [['N'], t('scenario.add')],
          [['Ctrl ⏎'], t('scenario.take_over')],
          [['Del'], t('scenario.throw_away')],
          [['Esc'], t('plan.back')],
        ]}
      />
    </main>
  );
}

export type Names = Record<string, string>;

/** What the ones are called that the sentences are about. */
function useNames(sentences: Sentence[]): Names {
  const model = useModel();
  const found = useQueries({
    queries: sentences.map((s) => listQuery(model.entities[ABOUT[s.kind]], { filter: `id eq ${s.id}`, top: 1 })),
  });
  return Object.fromEntries(
    sentences.map((s, i) => [`${ABOUT[s.kind]} ${s.id}`, String(found[i]?.data?.[0]?.title ?? '…')]),
  );
}

type T = (key: string, options?: Record<string, unknown>) => string;

function said(s: Sentence, names: Names, t: T): string {
  const [a = '', b = '', c = ''] = s.parts;
  const name = names[`${ABOUT[s.kind]} ${s.id}`];
  const span = s.kind === 'down' || s.kind === 'overtime';
  const days = span ? { from: date(a), to: date(b) } : { on: date(b) };
  const n = quantity(Number(s.kind === 'overtime' ? c : a));
  return t(`scenario.said.${s.kind}`, { name, n, count: Math.abs(Number(a)) || 0, ...days });
}
