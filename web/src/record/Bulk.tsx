/** One command on everything that is selected: a chunk at a time, with progress and a result for each row. */
import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { type Result, refresh, sendMany } from '../api/commands';
import type { Command, Entity } from '../api/model';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { whole } from '../ui/format';
import { Labelled } from '../ui/inputs';
import { useActions } from '../ui/keys';
import { Menu } from '../ui/Menu';
import { FieldInput } from './FieldInput';
import { needed } from './running';

interface Props {
  entity: Entity;
  ids: number[];
  rows: Row[];
  total: string;
  onClear: () => void;
  onExport: () => void;
}

export function Bulk({ entity, ids, rows, total, onClear, onExport }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Command | null>(null);
  const states = new Set(
    rows.filter((r) => ids.includes(r.id)).map((r) => (entity.state ? String(r[entity.state]) : '')),
  );
  const commands = entity.commands.filter(
    (c) => c.scope === 'record' && (c.from.length === 0 || [...states].some((s) => c.from.includes(s))),
  );
  const shown = commands.slice(0, 3);
  useActions([{ id: 'clear', label: t('list.clear'), keys: ['Escape'], quiet: true, run: onClear }]);
  return (
    <div className="bulkwrap">
      <div className="bulk" role="toolbar" aria-label={t('bulk.for', { what: entity.labels })}>
        <span className="strong" aria-live="polite">
          {t('bulk.selected', { count: ids.length })}
        </span>
        <span className="ink2">{total}</span>
        <span className="sep" />
        {shown.map((c) => (
          <Button key={c.name} look="quiet" onClick={() => setAsking(c)}>
            {c.label}
          </Button>
        ))}
        <Button look="quiet" onClick={onExport}>
          {t('list.export')}
        </Button>
        <Menu
          label={t('app.more')}
          items={[
            ...commands.slice(3).map((c) => ({ id: c.name, label: c.label, run: () => setAsking(c) })),
            ...(entity.rights.delete
              ? [
                  {
                    id: 'delete',
                    label: t('app.delete'),
                    danger: true,
                    run: () => setAsking(deletion(t('app.delete'))),
                  },
                ]
              : []),
          ]}
        />
        <span className="sep" />
        <Button
          look="quiet"
          icon={<X className="i s" aria-hidden="true" />}
          aria-label={t('list.clear')}
          onClick={onClear}
        />
      </div>
      {asking && <Run entity={entity} command={asking} ids={ids} rows={rows} onClose={() => setAsking(null)} />}
    </div>
  );
}

export function deletion(label: string): Command {
  return { name: 'delete', label, help: '', from: [], to: null, input: [], scope: 'record', final: true };
}

function Run({
  entity,
  command,
  ids,
  rows,
  onClose,
}: {
  entity: Entity;
  command: Command;
  ids: number[];
  rows: Row[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [body, setBody] = useState<Record<string, unknown>>({});
  const [titles, setTitles] = useState<Record<string, string>>({});
  const [results, setResults] = useState<Result[] | null>(null);
  const stop = useRef(new AbortController());
  const asks = needed(command);
  const done = results?.length ?? 0;
  const running = results !== null && done < ids.length && !stop.current.signal.aborted;
  const refused = results?.filter((r) => !r.ok) ?? [];
  const name = (id: number) => rows.find((r) => r.id === id)?.title ?? `#${id}`;

  async function go() {
    setResults([]);
    await sendMany(entity, command.name, ids, body, setResults, stop.current.signal);
    await refresh(client);
  }

  const complete = asks.every((f) => body[f.name] !== undefined && body[f.name] !== null && body[f.name] !== '');
  const start = () => complete && results === null && void go();
  return (
    <Dialog
      wide
      title={t('bulk.ask', { what: command.label, count: ids.length })}
      onClose={() => {
        stop.current.abort();
        onClose();
      }}
      actions={[{ id: 'bulk-go', label: command.label, keys: ['mod+Enter'], run: start }]}
      footer={
        results === null ? (
          <>
            <Button onClick={onClose} k="Escape">
              {t('app.cancel')}
            </Button>
            <Button look="primary" disabled={!complete} onClick={start} autoFocus={asks.length === 0}>
              {command.label}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose} k="Escape">
            {running ? t('bulk.stop') : t('app.close')}
          </Button>
        )
      }
    >
      {results === null ? (
        <>
          {command.help && <p className="ink2">{command.help}</p>}
          {asks.map((field) => (
            <Labelled key={field.name} label={field.label} required>
              {(all) => (
                <FieldInput
                  field={field}
                  id={all.id}
                  value={body[field.name]}
                  title={titles[field.name]}
                  onValue={(value, title) => {
                    setBody((b) => ({ ...b, [field.name]: value }));
                    if (title) setTitles((x) => ({ ...x, [field.name]: title }));
                  }}
                />
              )}
            </Labelled>
          ))}
        </>
      ) : (
        <>
          <progress className="progress" max={ids.length} value={done} aria-label={t('bulk.progress')} />
          <p aria-live="polite">
            {t('bulk.done', {
              done: whole(done - refused.length),
              of: whole(ids.length),
              refused: whole(refused.length),
            })}
          </p>
          {refused.length > 0 && (
            <ul className="results">
              {refused.slice(0, 200).map((r) => (
                <li key={r.id}>
                  <span className="strong">{name(r.id)}</span> {r.error?.message}{' '}
                  <span className="ink3">{r.error?.['@celota.advice']}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Dialog>
  );
}
