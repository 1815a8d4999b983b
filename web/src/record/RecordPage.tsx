/** The page of any record, from its description alone. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../api/client';
import { type Command, commandsFor, type Entity, editable, fieldOf, hasQuery, stateOf, useModel } from '../api/model';
import { functionQuery, recordQuery } from '../api/odata';
import { Button } from '../ui/Button';
import { type Action, useActions } from '../ui/keys';
import { Menu } from '../ui/Menu';
import { Figure, Figures, type Readiness, ReadyFor, State } from '../ui/marks';
import { Bars, Problem } from '../ui/notes';
import { Attachments } from './Attachments';
import { useCrumbs } from './area';
import { deletion } from './Bulk';
import { isCode } from './columns';
import { isNextStep, keyOfCommand, nextCommand } from './commandKeys';
import { type Draft, useDraft } from './draft';
import { useDryRun } from './dryRun';
import { Fields, formFields } from './Fields';
import { LinesEditor } from './LinesEditor';
import { ProcessLine } from './ProcessLine';
import { listPath } from './paths';
import { RunPanel } from './RunPanel';
import { needed, useRunner } from './running';
import { StaleDialog } from './StaleDialog';
import { Story } from './Story';
import { Top } from './Top';
import { plain, refTitle, titleOf } from './Value';

export interface RecordSlots {
  /** What a module adds to the page of its entity. */
  figures?: ReactNode;
  ready?: ReactNode;
  /** The one big button, where no command of the record is the next step. */
  primary?: { label: string; run: () => void } | undefined;
  actions?: Action[];
  strip?: ReactNode;
  above?: ReactNode;
  below?: ReactNode;
  /** In the right column, before the story. */
  side?: ReactNode;
  /** Instead of the story of the record alone. */
  story?: ReactNode;
  heading?: ReactNode;
  papers?: { name: string; label: string; url: string; k?: string }[];
  /** Lines that stand below the fields: few records have any. */
  low?: string[];
  /** Fields and lines that the module shows in its own way, or that mean nothing for this record. */
  hides?: string[];
  /** Commands that mean nothing for this record. */
  without?: string[];
  /** Steps that a module walks another way than by running the command at once. */
  instead?: Record<string, (row: Row) => void>;
}

export function RecordPage({ entity, id, slots }: { entity: Entity; id: number; slots?: (row: Row) => RecordSlots }) {
  const model = useModel();
  const { data: row, error } = useQuery(recordQuery(entity, id, model.entities));
  const crumbs = useCrumbs(entity, true);
  if (!row) {
    return (
      <main className="page" id="main">
        <Top title={entity.label} crumbs={crumbs} />
        <div className="body">
          {error instanceof Refused ? <Problem message={error.message} advice={error.advice} /> : <Bars />}
        </div>
      </main>
    );
  }
  return <Loaded key={row.id} entity={entity} row={row} slots={slots?.(row) ?? {}} />;
}

function Loaded({ entity, row, slots }: { entity: Entity; row: Row; slots: RecordSlots }) {
  const { t } = useTranslation();
  const draft = useDraft(entity, row);
  const navigate = useNavigate();
  const runner = useRunner((_, command) => command.name === 'delete' && void navigate({ to: listPath(entity) }));
  const state = stateOf(entity, row);
  const canEdit = editable(entity, row);
  const crumbs = useCrumbs(entity, true);
  const shown = useShown(entity, row, slots);
  const tried = useDryRun(entity, row.id, shown?.name ?? '', NOTHING, shown !== undefined, row.version);
  const start = (command: Command) => {
    const instead = slots.instead?.[command.name];
    if (instead) instead(row);
    else runner.start(entity, row, command, command === shown && tried.effects !== null);
  };
  const steps = useSteps(entity, row, canEdit, start, slots);
  const all = useMemo(() => formFields(entity, false), [entity]);
  const fields = all.filter((f) => !slots.hides?.includes(f.name));
  const figures = slots.figures ?? <MoneyFigures entity={entity} row={row} />;
  const title = titleOf(entity, row);
  return (
    <main className="page" id="main">
      <Top title={title} crumbs={crumbs} heading={false}>
        {(slots.papers ?? []).slice(0, 1).map((paper) => (
          <a key={paper.name} className="btn desk" href={paper.url} target="_blank" rel="noreferrer">
            {paper.label}
            {paper.k && <kbd aria-hidden="true">{paper.k.toUpperCase()}</kbd>}
          </a>
        ))}
        <Menu label={t('app.more')} items={steps.menu} />
        {steps.next ? (
          <Button look="primary" k="n" onClick={() => steps.next && start(steps.next)}>
            {steps.next.label}
          </Button>
        ) : (
          slots.primary && (
            <Button look="primary" k="n" onClick={slots.primary.run}>
              {slots.primary.label}
            </Button>
          )
        )}
      </Top>
      <div className="cols record-cols">
        <div className="pane">
          <div className="rec">
            <div className="line">
              <h1>{slots.heading ?? heading(entity, row)}</h1>
              {state && (
                <State state={state}>{plain(fieldOf(entity, entity.state ?? '') ?? fallback, row, '', '')}</State>
              )}
              <Subtitle entity={entity} row={row} />
              <span className="ink3 small" aria-live="polite">
                {draft.saving ? t('form.saving') : ''}
              </span>
            </div>
            {slots.strip}
            {figures}
            {slots.ready ?? (hasQuery(entity, 'readiness') && <Ready entity={entity} id={row.id} />)}
            {(entity.life ?? []).length > 0 && <ProcessLine entity={entity.name} id={row.id} />}
            {draft.problem && <Problem message={draft.problem.message} advice={draft.problem.advice} />}
            {shown && !runner.running && <Would command={shown} effects={tried.effects} fault={tried.fault} />}
            <RunPanel runner={runner} />
          </div>
          {slots.above}
          {entity.lines
            .filter((lines) => !slots.hides?.includes(lines.name) && !slots.low?.includes(lines.name))
            .map((lines) => (
              <Lines key={lines.name} row={row} draft={draft} lines={lines} canEdit={canEdit} />
            ))}
          <section className="sec" aria-label={t('form.fields')}>
            <Fields entity={entity} row={row} draft={draft} canEdit={canEdit} fields={fields} />
            {!canEdit && entity.rights.update && <p className="ink3 small fixed-note">{t('form.fixed')}</p>}
          </section>
          {entity.lines
            .filter((lines) => slots.low?.includes(lines.name))
            .map((lines) => (
              <Lines key={lines.name} row={row} draft={draft} lines={lines} canEdit={canEdit} />
            ))}
          {slots.below}
        </div>
        <aside className="pane side" aria-label={t('story.title')}>
          {slots.side}
          <Attachments entity={entity} id={row.id} />
          {slots.story ?? (
            <div className="sec">
              <Story entity={entity} id={row.id} writable />
            </div>
          )}
        </aside>
      </div>
      <StaleDialog entity={entity} draft={draft} />
    </main>
  );
}

const NOTHING: Record<string, unknown> = {};

/** The next step, where it cannot be undone: it is tried beforehand, and stands on the page with what it would do. */
function useShown(entity: Entity, row: Row, slots: RecordSlots): Command | undefined {
  const next = nextStep(entity, row, slots);
  const asks = next && (needed(next).length > 0 || next.input.some((f) => f.kind === 'lines' && f.required));
  return next?.final && !asks && !slots.instead?.[next.name] ? next : undefined;
}

function nextStep(entity: Entity, row: Row, slots: RecordSlots): Command | undefined {
  return (
    nextCommand(entity, row) ??
    commandsFor(entity, stateOf(entity, row)).find((c) => isNextStep(c.name, row) && slots.instead?.[c.name])
  );
}

function Would({ command, effects, fault }: { command: Command; effects: string[] | null; fault: Refused | null }) {
  const { t } = useTranslation();
  if (!effects && !fault) return null;
  return (
    <div className="would-do" aria-live="polite">
      <span className="ink3">{t('run.next', { what: command.label })}</span>
      {fault ? (
        <span className="warn">
          {fault.message} {fault.advice}
        </span>
      ) : (
        <span>{effects?.join(' ')}</span>
      )}
    </div>
  );
}

const fallback = { kind: 'text', name: '' } as never;

/** What people call the thing: for a numbered document, whom it is for. */
function heading(entity: Entity, row: Row): string {
  const title = fieldOf(entity, entity.title);
  const named =
    title && !isCode(title)
      ? null
      : entity.fields.find((f) => f.kind === 'ref' && ['Party'].includes(f.target ?? '') && row[f.name]);
  return named ? refTitle(row, named) : titleOf(entity, row);
}

function Subtitle({ entity, row }: { entity: Entity; row: Row }) {
  const number = entity.fields.find((f) => isCode(f) && row[f.name]);
  const said = number && String(row[number.name]);
  // A document that is called by its number says it once.
  return said && said !== heading(entity, row) ? <span className="code">{said}</span> : null;
}

function MoneyFigures({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const shown = entity.fields
    .filter((f) => f.kind === 'money' && f.readonly && typeof row[f.name] === 'number')
    .slice(0, 5);
  if (shown.length === 0) return null;
  return (
    <Figures>
      {shown.map((f) => (
        <Figure key={f.name} label={f.label}>
          {plain(f, row, t('app.yes'), t('app.no'))}
        </Figure>
      ))}
    </Figures>
  );
}

function Ready({ entity, id }: { entity: Entity; id: number }) {
  const { t } = useTranslation();
  const { data } = useQuery(functionQuery<Record<string, Readiness>>(entity, id, 'readiness'));
  if (!data) return null;
  const steps = Object.entries(data).filter(
    (s): s is [string, Readiness] => typeof s[1] === 'object' && s[1] !== null && 'ok' in s[1],
  );
  return (
    <ReadyFor
      title={t('ready.title')}
      steps={steps.map(([name, ready]) => ({ name: t(`ready.${name}`, { defaultValue: name }), state: ready }))}
    />
  );
}

interface Steps {
  next: Command | undefined;
  menu: { id: string; label: ReactNode; k?: string | undefined; run: () => void; danger?: boolean }[];
}

/** The next step, and everything else that can be done, once for buttons, menu, palette and keys. */
function useSteps(entity: Entity, row: Row, canEdit: boolean, start: (c: Command) => void, slots: RecordSlots): Steps {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const legal = commandsFor(entity, stateOf(entity, row)).filter((c) => !slots.without?.includes(c.name));
  const next = nextStep(entity, row, slots);
  const remove = deletion(t('app.delete'));
  const others = legal.filter((c) => c !== next);
  const papers = slots.papers ?? [];
  useActions([
    ...(slots.actions ?? []),
    ...(!next && slots.primary
      ? [{ id: 'primary', label: slots.primary.label, keys: ['n'], run: slots.primary.run }]
      : []),
    ...(next
      ? [
          {
            id: 'next',
            label: next.label,
            keys: ['n', ...(keyOfCommand(next.name) ? [keyOfCommand(next.name) ?? ''] : [])],
            run: () => start(next),
          },
        ]
      : []),
    ...others.map((c) => ({
      id: `do-${c.name}`,
      label: c.label,
      keys: keyOfCommand(c.name) ? [keyOfCommand(c.name) ?? ''] : [],
      run: () => start(c),
    })),
    ...papers.map((p) => ({
      id: `paper-${p.name}`,
      label: p.label,
      ...(p.k ? { keys: [p.k] } : {}),
      run: () => void window.open(p.url, '_blank'),
    })),
    {
      id: 'list',
      label: t('form.to_list', { what: entity.labels }),
      keys: ['Escape'],
      quiet: true,
      run: () => void navigate({ to: listPath(entity) }),
    },
    {
      id: 'edit',
      label: t('keys.edit'),
      keys: ['e'],
      quiet: true,
      run: () =>
        document.querySelector<HTMLElement>('.form-grid input, .form-grid select, .form-grid textarea')?.focus(),
    },
    ...(canEdit && entity.rights.delete
      ? [{ id: 'delete', label: t('app.delete'), keys: ['shift+Delete'], run: () => start(remove) }]
      : []),
  ]);
  return {
    next,
    menu: [
      ...others.map((c) => ({ id: c.name, label: c.label, k: keyOfCommand(c.name), run: () => start(c) })),
      ...papers.map((p) => ({
        id: `paper-${p.name}`,
        label: p.label,
        k: p.k,
        run: () => void window.open(p.url, '_blank'),
      })),
      ...(canEdit && entity.rights.delete
        ? [{ id: 'delete', label: t('app.delete'), danger: true, run: () => start(remove) }]
        : []),
    ],
  };
}

function Lines({
  row,
  draft,
  lines,
  canEdit,
}: {
  row: Row;
  draft: Draft;
  lines: Entity['lines'][number];
  canEdit: boolean;
}) {
  const line = useModel().entities[lines.entity];
  const rows = Array.isArray(row[lines.name]) ? (row[lines.name] as Row[]) : [];
  // What only commands write is read here.
  const mine = canEdit && line?.rights.update === true;
  if (!line || (!mine && rows.length === 0)) return null;
  return (
    <section className="sec lines-sec" aria-label={lines.label}>
      <div className="head">
        <h2>{lines.label}</h2>
        <span className="count">{rows.length || ''}</span>
      </div>
      <LinesEditor
        entity={line}
        label={lines.label}
        rows={rows}
        canEdit={mine}
        faults={draft.faults}
        name={lines.name}
        onLines={async (body) => {
          draft.set(lines.name, body);
          return draft.save([lines.name]);
        }}
      />
    </section>
  );
}
