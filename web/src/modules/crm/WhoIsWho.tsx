/** Who decides, who uses, who pays, who answers for them here; and the plan for the relationship. */
import { Link } from '@tanstack/react-router';
import { CalendarDays } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, fieldOf } from '../../api/model';
import { recordPath } from '../../record/paths';
import { refTitle } from '../../record/Value';
import { date } from '../../ui/format';
import { Person } from '../../ui/marks';
import type { Overview, PersonRef } from './overview';

const ROLES = ['decides', 'uses', 'pays', 'contacts'] as const;

export function WhoIsWho({ row, data, entity }: { row: Row; data: Overview | undefined; entity: Entity }) {
  const { t } = useTranslation();
  const responsible = fieldOf(entity, 'responsible_id');
  const ours = responsible && row.responsible_id ? refTitle(row, responsible) : null;
  const people = ROLES.map((role) => ({ role, list: data?.[role] ?? [] })).filter((r) => r.list.length > 0);
  return (
    <>
      <div className="sec">
        <div className="head">
          <h2>{t('who.title')}</h2>
        </div>
        <dl className="props">
          {people.map(({ role, list }) => (
            <Role key={role} label={t(`who.${role}`)} list={list} entity={entity} />
          ))}
          <dt>{t('who.ours')}</dt>
          <dd>
            {ours ? (
              <span className="who">
                <Person name={ours} />
                {ours}
              </span>
            ) : (
              <span className="ink3">{t('who.nobody')}</span>
            )}
          </dd>
        </dl>
        {people.length === 0 && <p className="ink3 small">{t('who.none')}</p>}
      </div>
      {(row.plan || row.next_step) && (
        <div className="sec">
          <div className="head">
            <h2>{t('who.plan')}</h2>
          </div>
          {typeof row.plan === 'string' && <p className="read">{row.plan}</p>}
          {typeof row.next_step === 'string' && row.next_step !== '' && (
            <p className="next">
              <CalendarDays className="i" aria-hidden="true" />
              <span>
                <span className="strong block">{t('who.next', { what: row.next_step })}</span>
                <span className="ink3 small">{date(row.next_step_on)}</span>
              </span>
            </p>
          )}
        </div>
      )}
    </>
  );
}

function Role({ label, list, entity }: { label: string; list: PersonRef[]; entity: Entity }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="role">
        {list.map((p) => (
          <span key={p.id} className="who">
            <Person name={p.name} />
            <Link className="name" to={recordPath(entity, p.id)}>
              {p.name}
            </Link>
            <span className="ink3">{p.job_title || p.phone || ''}</span>
          </span>
        ))}
      </dd>
    </>
  );
}
