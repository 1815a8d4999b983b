/** Fields that the firm adds for itself: typed, filtered, sorted and exported like all others. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused } from '../../api/client';
import { modelQuery, useModel } from '../../api/model';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { ChoiceInput, Labelled, TextInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Empty, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';

const KINDS = ['text', 'long_text', 'choice', 'bool', 'date', 'money', 'decimal', 'integer', 'ref'] as const;

interface Draft {
  entity: string | null;
  label: string;
  kind: string;
  choices: string;
  target: string | null;
}

export default function CustomFields() {
  const { t } = useTranslation();
  const model = useModel();
  const entities = Object.values(model.entities)
    .filter((e) => !e.parent && e.rights.update)
    .sort((a, b) => a.label.localeCompare(b.label));
  const [draft, setDraft] = useState<Draft>({ entity: null, label: '', kind: 'text', choices: '', target: null });
  const { add, fault, busy } = useAdding(draft, () => setDraft((d) => ({ ...d, label: '', choices: '' })));
  const set = (by: Partial<Draft>) => setDraft((d) => ({ ...d, ...by }));
  const own = entities.flatMap((e) => e.fields.filter((f) => f.custom).map((f) => ({ entity: e, field: f })));
  const complete =
    draft.entity !== null &&
    draft.label.trim() !== '' &&
    (draft.kind !== 'ref' || draft.target !== null) &&
    (draft.kind !== 'choice' || draft.choices.trim() !== '');
  useActions([{ id: 'add', label: t('fields.add'), keys: ['mod+Enter'], run: () => void add() }]);
  const faults = fault?.byField() ?? new Map();
  return (
    <main className="page" id="main">
      <Top title={t('fields.title')} crumbs={[{ label: t('areas.settings'), to: '/custom-fields' }]}>
        <Button look="primary" k="mod+Enter" disabled={!complete || busy} onClick={() => void add()}>
          {t('fields.add')}
        </Button>
      </Top>
      <div className="rec">
        <p className="read ink2">{t('fields.text')}</p>
        <form
          className="form-grid field-form"
          onSubmit={(e: FormEvent) => {
            e.preventDefault();
            if (complete) void add();
          }}
        >
          <Labelled label={t('fields.entity')} fault={faults.get('entity')}>
            {(ids) => (
              <ChoiceInput
                {...ids}
                value={draft.entity}
                choices={entities.map((e) => ({ value: e.name, label: e.label }))}
                onValue={(entity) => set({ entity })}
              />
            )}
          </Labelled>
          <Labelled
            label={t('fields.label')}
            fault={faults.get('name') ?? faults.get('label')}
            hint={t('fields.label_hint')}
          >
            {(ids) => <TextInput {...ids} value={draft.label} onValue={(label) => set({ label })} />}
          </Labelled>
          <Labelled label={t('fields.kind')} fault={faults.get('kind')}>
            {(ids) => (
              <ChoiceInput
                {...ids}
                value={draft.kind}
                choices={KINDS.map((k) => ({ value: k, label: t(`fields.kinds.${k}`) }))}
                onValue={(kind) => set({ kind: kind ?? 'text' })}
              />
            )}
          </Labelled>
          {draft.kind === 'choice' && (
            <Labelled label={t('fields.choices')} hint={t('fields.choices_hint')}>
              {(ids) => <TextInput {...ids} value={draft.choices} onValue={(choices) => set({ choices })} />}
            </Labelled>
          )}
          {draft.kind === 'ref' && (
            <Labelled label={t('fields.target')} fault={faults.get('target')}>
              {(ids) => (
                <ChoiceInput
                  {...ids}
                  value={draft.target}
                  choices={entities.map((e) => ({ value: e.name, label: e.label }))}
                  onValue={(target) => set({ target })}
                />
              )}
            </Labelled>
          )}
          <button type="submit" className="sr" tabIndex={-1} aria-hidden="true" />
        </form>
        {fault && <Problem message={fault.message} advice={fault.advice} />}
      </div>
      {own.length === 0 ? (
        <Empty title={t('fields.none')}>{t('fields.none_text')}</Empty>
      ) : (
        <table className="t">
          <caption className="sr">{t('fields.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('fields.entity')}</th>
              <th scope="col">{t('fields.label')}</th>
              <th scope="col">{t('fields.kind')}</th>
              <th scope="col">{t('fields.column')}</th>
            </tr>
          </thead>
          <tbody>
            {own.map(({ entity, field }) => (
              <tr key={`${entity.name}-${field.name}`}>
                <td>{entity.label}</td>
                <td className="strong">{field.label}</td>
                <td>{t(`fields.kinds.${field.kind}`, { defaultValue: field.kind })}</td>
                <td className="code">{field.name}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Foot keys={[[['Ctrl', 'Enter'], t('fields.add')]]} />
    </main>
  );
}

/** `Barva fronte` → `barva_fronte` */
export function columnName(label: string): string {
  return label
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
}

function useAdding(draft: Draft, then: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  async function add(): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      const choices = draft.choices
        .split(',')
        .map((c) => c.trim())
        .filter(Boolean);
      await call('POST', '/api/fields', {
        body: {
          entity: draft.entity,
          name: columnName(draft.label),
          label: draft.label.trim(),
          kind: draft.kind,
          choices: draft.kind === 'choice' ? choices : [],
          target: draft.kind === 'ref' ? draft.target : null,
        },
      });
      await client.invalidateQueries({ queryKey: modelQuery.queryKey });
      say(t('fields.done', { what: draft.label }));
      then();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { add, fault, busy };
}
