/** An import on its way, and what came of it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client';
import { refresh } from '../../api/commands';
import { useModel } from '../../api/model';
import { listPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { whole } from '../../ui/format';
import { Problem } from '../../ui/notes';
import { summary } from './SeenFiles';
import type { Progress } from './seen';

export function ImportRun({ id, onAgain }: { id: number; onAgain: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => call<Progress>('GET', `/api/import/${id}`, { signal }),
    refetchInterval: (q) => (['done', 'failed'].includes(q.state.data?.state ?? '') ? false : 500),
  });
  const over = data?.state === 'done';
  useEffect(() => {
    if (over) void refresh(client);
  }, [over, client]);
  if (!data) return null;
  const fresh = (data.report?.tables ?? []).reduce((sum, x) => sum + (x.new ?? 0), 0);
  return (
    <section aria-label={t('import.progress')} aria-live="polite">
      {data.state === 'failed' ? (
        <Problem
          message={data.report?.error ?? t('import.failed')}
          advice={data.report?.advice ?? ''}
          action={<Button onClick={onAgain}>{t('import.again')}</Button>}
        />
      ) : (
        <>
          <progress
            className="progress"
            max={Math.max(1, data.total)}
            value={over ? Math.max(1, data.total) : data.done}
            aria-label={t('import.progress')}
          />
          <p className="strong">
            {over
              ? t(fresh > 0 ? 'import.done' : 'import.done_nothing', { n: whole(fresh) })
              : t('import.running', { done: whole(data.done), of: whole(data.total) })}
          </p>
        </>
      )}
      {over && <Came tables={data.report?.tables ?? []} />}
    </section>
  );
}

function Came({ tables }: { tables: NonNullable<NonNullable<Progress['report']>['tables']> }) {
  const { t } = useTranslation();
  const model = useModel();
  return (
    <ul className="came">
      {tables.map((x) => {
        const entity = x.entity ? model.entities[x.entity] : undefined;
        return (
          <li key={`${x.file}-${x.entity}-${x.what}`}>
            {entity && !entity.parent ? <Link to={listPath(entity)}>{entity.labels}</Link> : x.what}{' '}
            <span className="ink3">{summary(x, t)}</span>
          </li>
        );
      })}
    </ul>
  );
}
