/** A record beside the list; the arrows move on while it is open. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowUpRight, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Entity, fieldOf, stateOf, useModel } from '../api/model';
import { recordQuery } from '../api/odata';
import { Button } from '../ui/Button';
import { useActions } from '../ui/keys';
import { State } from '../ui/marks';
import { Bars, Problem } from '../ui/notes';
import { nextCommand } from './commandKeys';
import { recordPath } from './paths';
import { RunPanel } from './RunPanel';
import { useRunner } from './running';
import { Story } from './Story';
import { plain, titleOf, Value } from './Value';

export function Peek({ entity, id, onClose }: { entity: Entity; id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const model = useModel();
  const { data: row, error } = useQuery(recordQuery(entity, id, model.entities));
  const runner = useRunner();
  const state = row ? stateOf(entity, row) : null;
  const next = row ? nextCommand(entity, row) : undefined;
  useActions(
    next && row ? [{ id: 'next', label: next.label, keys: ['n'], run: () => runner.start(entity, row, next) }] : [],
  );
  const stateField = entity.state ? fieldOf(entity, entity.state) : undefined;
  const shown = row
    ? entity.fields
        .filter(
          (f) =>
            hasValue(row[f.name]) && ![entity.title, entity.state, 'company_id'].includes(f.name) && f.kind !== 'json',
        )
        .slice(0, 10)
    : [];
  const title = row ? titleOf(entity, row) : '';
  return (
    <aside className="peek" aria-label={title}>
      <div className="sec">
        <div className="head">
          <span className="code">{entity.label}</span>
          <Link className="btn icon quiet end" aria-label={t('app.open')} to={recordPath(entity, id)}>
            <ArrowUpRight className="i" aria-hidden="true" />
          </Link>
          <Button
            look="quiet"
            icon={<X className="i" aria-hidden="true" />}
            aria-label={t('app.close')}
            onClick={onClose}
          />
        </div>
        {error && <Problem message={error.message} />}
        {!row && !error && <Bars rows={3} />}
        {row && (
          <>
            <h2 className="peek-title">{title}</h2>
            {state && stateField && <State state={state}>{plain(stateField, row, '', '')}</State>}
            {next && (
              <Button look="primary" k="n" className="wide-b" onClick={() => runner.start(entity, row, next)}>
                {next.label}
              </Button>
            )}
            <RunPanel runner={runner} />
          </>
        )}
      </div>
      {row && (
        <div className="sec">
          <dl className="props">
            {shown.map((field) => (
              <PropRow key={field.name} label={field.label}>
                <Value field={field} row={row} entity={entity} />
              </PropRow>
            ))}
          </dl>
        </div>
      )}
      {row && (
        <div className="sec">
          <Story entity={entity} id={id} most={5} />
        </div>
      )}
    </aside>
  );
}

export function PropRow({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <span className="prop-value">{children}</span>
      </dd>
    </>
  );
}

function hasValue(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && value !== false;
}
