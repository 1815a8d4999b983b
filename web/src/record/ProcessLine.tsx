/** The process that a record runs through: where it stands, and the way to its diagram. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { hasQuery, useEntity } from '../api/model';
import { functionQuery } from '../api/odata';
import { State } from '../ui/marks';
import { recordPath } from './paths';

interface Running {
  id: number;
  name: string;
  state: string;
  step_name: string | null;
  stopped?: { message: string; advice: string };
}

export function ProcessLine({ entity, id }: { entity: string; id: number }) {
  const { t } = useTranslation();
  const cases = useEntity('Case');
  const { data } = useQuery({
    ...functionQuery<{ value: Running[] }>(cases, null, 'of', { entity, id }),
    enabled: hasQuery(cases, 'of'),
  });
  const open = (data?.value ?? []).filter((c) => c.state === 'running' || c.state === 'stopped');
  if (!cases || open.length === 0) return null;
  return open.map((c) => (
    <p key={c.id} className="process-line">
      <Link className="link" to={recordPath(cases, c.id)}>
        {c.name}
      </Link>
      <State state={c.state}>
        {c.state === 'stopped'
          ? t('case.stopped_at', { step: c.step_name })
          : t('case.waits_at', { step: c.step_name })}
      </State>
      {c.stopped && (
        <span className="bad">
          {c.stopped.message} {c.stopped.advice}
        </span>
      )}
    </p>
  ));
}
