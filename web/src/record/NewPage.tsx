/** A new record of any entity: its fields and lines, saved as one. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client';
import { newKey, useSend } from '../api/commands';
import { type Entity, useModel } from '../api/model';
import { Button } from '../ui/Button';
import { useActions } from '../ui/keys';
import { Problem } from '../ui/notes';
import { say } from '../ui/Toasts';
import { useCrumbs } from './area';
import type { Draft } from './draft';
import { Fields, formFields, initialValues } from './Fields';
import { LinesEditor } from './LinesEditor';
import { listPath, recordPath } from './paths';
import { Foot, Top } from './Top';
import { OneWarehouse, useMakeable } from './warehouses';

export function NewPage({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const makes = useMakeable(entity);
  const crumbs = useCrumbs(entity, true);
  if (makes(entity) || !entity.rights.create) return <NewRecord entity={entity} />;
  return (
    <main className="page" id="main">
      <Top title={t('list.new', { what: entity.label })} crumbs={crumbs} />
      <OneWarehouse entity={entity} />
    </main>
  );
}

function NewRecord({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const model = useModel();
  const send = useSend();
  const navigate = useNavigate();
  const given = useSearch({ strict: false }) as Record<string, unknown>;
  const fields = useMemo(() => formFields(entity, true), [entity]);
  const [values, setValues] = useState<Record<string, unknown>>(() => ({
    ...initialValues(fields),
    ...Object.fromEntries(Object.entries(given).filter(([n]) => entity.fields.some((f) => f.name === n))),
  }));
  const [titles, setTitles] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      entity.fields.filter((f) => f.nav && given[f.nav]).map((f) => [f.name, String(given[f.nav ?? ''])]),
    ),
  );
  const [fault, setFault] = useState<Refused | null>(null);
  const [unread, setUnread] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  // Where there are lines, what must be known comes before them, and everything else behind.
  const musts = fields.filter((f) => f.required && (f.default === null || f.kind === 'choice'));
  const first = entity.lines.length > 0 && musts.length > 0 ? musts : fields;
  const rest = fields.filter((f) => !first.includes(f));
  const faults = new Map(fault?.byField());
  for (const [name, message] of Object.entries(unread))
    faults.set(name, { code: 'web.unread', message, advice: '', field: name });
  const draft: Draft = {
    values,
    titles,
    faults,
    problem: fault,
    conflict: null,
    saving: busy,
    dirty: true,
    set: (name, value, title) => {
      setValues((all) => ({ ...all, [name]: value }));
      if (title !== undefined) setTitles((all) => ({ ...all, [name]: title }));
      setUnread(({ [name]: _, ...rest }) => rest);
    },
    drop: (name) => setValues(({ [name]: _, ...rest }) => rest),
    fail: (name, message) => setUnread((all) => ({ ...all, [name]: message })),
    save: async () => true,
    settle: async () => {},
  };

  async function create() {
    if (busy || Object.keys(unread).length > 0) return;
    setBusy(true);
    try {
      const body = Object.fromEntries(
        Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== ''),
      );
      const reply = await send(entity, { command: 'create', body, key: key.current });
      say(t('form.created', { what: reply.record?.title || entity.label }));
      await navigate({ to: recordPath(entity, reply.id), replace: true });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      key.current = newKey();
      setFault(error);
    } finally {
      setBusy(false);
    }
  }

  // The button takes the focus first, so that the line under the caret is taken over before it is sent.
  const submit = () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    setTimeout(() => document.getElementById('create-record')?.click());
  };
  useActions([
    { id: 'save', label: t('form.create'), keys: ['mod+Enter', 'mod+s'], run: submit },
    {
      id: 'list',
      label: t('app.cancel'),
      keys: ['Escape'],
      quiet: true,
      run: () => void navigate({ to: listPath(entity) }),
    },
  ]);
  const unplaced = fault && ![...faults.keys()].some((f) => fields.some((x) => x.name === f) || f.includes('/'));
  return (
    <main className="page" id="main">
      <Top title={t('list.new', { what: entity.label })} crumbs={useCrumbs(entity, true)}>
        <Button id="create-record" look="primary" k="mod+Enter" disabled={busy} onClick={() => void create()}>
          {t('form.create')}
        </Button>
      </Top>
      <div className="sec">
        {fault && (unplaced || fault.all.length > 1) && <Problem message={fault.message} advice={fault.advice} />}
        <Fields entity={entity} row={undefined} draft={draft} canEdit fresh fields={first} autoFocus />
      </div>
      {entity.lines.map((lines) => {
        const line = model.entities[lines.entity];
        if (!line?.rights.create) return null;
        return (
          <section key={lines.name} className="sec lines-sec" aria-label={lines.label}>
            <div className="head">
              <h2>{lines.label}</h2>
            </div>
            <LinesEditor
              entity={line}
              label={lines.label}
              rows={[]}
              canEdit
              faults={faults}
              name={lines.name}
              onLines={async (body) => {
                draft.set(lines.name, body);
                // They stay as they were typed until the record is made.
                return false;
              }}
            />
          </section>
        );
      })}
      {rest.length > 0 && (
        <section className="sec" aria-label={t('form.fields')}>
          <Fields entity={entity} row={undefined} draft={draft} canEdit fresh fields={rest} />
        </section>
      )}
      <Foot
        keys={[
          [['Tab'], t('keys.next_cell')],
          [['Enter'], t('keys.next_line')],
          [['Ctrl', 'Enter'], t('form.create')],
        ]}
      />
    </main>
  );
}
