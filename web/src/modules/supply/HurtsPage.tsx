/** A page of its own for what hurts, so that a link says "look at this". */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useModel } from '../../api/model';
import { listQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { useActions } from '../../ui/keys';
import { Empty } from '../../ui/notes';
import { type About, Hurts } from './Hurts';
import { DocLink } from './marks';

export default function HurtsPage() {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Partial<About> & { days?: number };
  const entity = model.entities[search.about ?? ''];
  const [row] = useQuery(listQuery(entity, { filter: `id eq ${search.id ?? 0}`, top: 1 })).data ?? [];
  const days = search.days ?? 7;
  const put = (next: number) =>
    void navigate({ to: '/plan/hurts', search: { ...search, days: Math.max(0, next) } as never, replace: true });
  useActions([
    { id: 'more', label: t('hurts.more'), keys: ['ArrowRight', '+'], quiet: true, run: () => put(days + 1) },
    { id: 'fewer', label: t('hurts.fewer'), keys: ['ArrowLeft', '-'], quiet: true, run: () => put(days - 1) },
    {
      id: 'open',
      label: t('app.open'),
      keys: ['o', 'Enter'],
      run: () => entity && search.id && void navigate({ to: recordPath(entity, search.id) }),
    },
    { id: 'back', label: t('plan.back'), keys: ['Escape'], run: () => void navigate({ to: '/plan' }) },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('hurts.title')} crumbs={[{ label: t('plan.title'), to: '/plan' }]} />
      {entity && search.about && search.id ? (
        <>
          <div className="rec">
            <div className="line">
              <DocLink doc={{ entity: entity.name, id: search.id, number: String(row?.title ?? '') }} />
              <span className="ink3">{entity.label}</span>
            </div>
          </div>
          <Hurts key={days} about={search.about} id={search.id} days={days} onDays={put} />
        </>
      ) : (
        <Empty title={t('hurts.nothing')}>{t('hurts.nothing_text')}</Empty>
      )}
      <Foot
        keys={[
          [['←', '→'], t('hurts.days')],
          [['O'], t('app.open')],
          [['Esc'], t('plan.back')],
        ]}
      />
    </main>
  );
}
