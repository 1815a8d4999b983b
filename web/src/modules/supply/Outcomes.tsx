/** What became of the proposals that were agreed to. */
import { useTranslation } from 'react-i18next';
import { useModel } from '../../api/model';
import { Button } from '../../ui/Button';
import { whole } from '../../ui/format';
import type { Accepted } from './accepting';
import { DocLink } from './marks';

export function Outcomes({ run, onClose }: { run: Accepted | null; onClose: () => void }) {
  const { t } = useTranslation();
  const model = useModel();
  if (!run) return null;
  const refused = run.outcomes.filter((o) => !o.ok);
  const done = run.outcomes.length;
  return (
    <section className="rec outcomes" aria-label={t('plan.results')}>
      {done < run.of && <progress className="progress" max={run.of} value={done} aria-label={t('bulk.progress')} />}
      <div className="line">
        <p aria-live="polite">
          {t('bulk.done', { done: whole(done - refused.length), of: whole(run.of), refused: whole(refused.length) })}
        </p>
        {run.made.slice(0, 12).map((doc) => (
          <DocLink key={`${doc.entity}-${doc.id}`} doc={doc}>
            {doc.number || `${model.entities[doc.entity]?.label ?? doc.entity} ${doc.id}`}
          </DocLink>
        ))}
        {run.made.length > 12 && <span className="ink3">+{run.made.length - 12}</span>}
        {done >= run.of && (
          <Button look="quiet" k="Escape" className="end" onClick={onClose}>
            {t('app.close')}
          </Button>
        )}
      </div>
      {refused.length > 0 && (
        <ul className="results">
          {refused.slice(0, 200).map((r) => (
            <li key={r.key}>
              <span className="strong">{r.what}</span> {r.message} <span className="ink3">{r.advice}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
