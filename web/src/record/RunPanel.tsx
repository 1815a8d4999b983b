/** A command before it runs: what it needs, what it would do, and the one button that does it. */
import { useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { type Field, useModel } from '../api/model';
import { Button } from '../ui/Button';
import { Labelled } from '../ui/inputs';
import { useActions } from '../ui/keys';
import { Problem } from '../ui/notes';
import { useDryRun } from './dryRun';
import { FieldInput } from './FieldInput';
import { GivenLines, isGiven } from './GivenLines';
import { needed, type Runner, type Running } from './running';
import { plain } from './Value';

export function RunPanel({ runner, k = 'n' }: { runner: Runner; k?: string }) {
  return runner.running ? (
    <Open key={runner.running.command.name + runner.running.row.id} runner={runner} at={runner.running} k={k} />
  ) : null;
}

type Body = Record<string, unknown>;

function Open({ runner, at, k }: { runner: Runner; at: Running; k: string }) {
  const { t } = useTranslation();
  const { command } = at;
  const [body, setBody] = useState<Body>({});
  const [titles, setTitles] = useState<Record<string, string>>({});
  const shown = command.input.filter((f) => f.kind !== 'lines' || at.row[f.name] !== undefined || f.required);
  const given = (f: Field) => isGiven(f, at.entity);
  const asked = needed(command).length > 0 ? shown : shown.filter((f) => f.kind !== 'lines' || given(f));
  const complete = needed(command).every(
    (f) => body[f.name] !== undefined && body[f.name] !== null && body[f.name] !== '',
  );
  const tried = useDryRun(at.entity, at.row.id, command.name, body, complete);
  const fault = at.fault ?? tried.fault;
  const faults = fault?.byField() ?? new Map();
  const go = () => complete && void runner.go(body);
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const first = box.current?.querySelector<HTMLElement>('input:not([type=checkbox]), select, textarea');
    if (needed(command).length > 0) first?.focus();
    else box.current?.focus();
  }, [command]);
  useActions([
    { id: 'go', label: command.label, keys: [k, 'Enter', 'mod+Enter'], quiet: true, run: go },
    { id: 'stop', label: t('app.cancel'), keys: ['Escape'], inField: true, quiet: true, run: runner.stop },
  ]);
  return (
    <section ref={box} className="run-panel" aria-label={t('run.title', { what: command.label })} tabIndex={-1}>
      <div className="head">
        <h2>
          {command.name === 'delete'
            ? t('run.delete', { what: at.row.title ?? at.entity.label })
            : t('run.title', { what: command.label })}
        </h2>
        <span className="count">{tried.effects ? t('run.tried') : ''}</span>
      </div>
      {asked.length > 0 && (
        <form
          className="run-form"
          onSubmit={(e) => {
            e.preventDefault();
            go();
          }}
        >
          {asked.map((field) =>
            given(field) ? (
              <GivenLines
                key={field.name}
                field={field}
                rows={(at.row[field.name] ?? []) as Row[]}
                onValue={(lines) => setBody((b) => ({ ...b, [field.name]: lines }))}
              />
            ) : field.kind === 'lines' ? (
              <LineInputs
                key={field.name}
                field={field}
                at={at}
                onValue={(lines) => setBody((b) => ({ ...b, [field.name]: lines }))}
              />
            ) : (
              <Labelled
                key={field.name}
                label={field.label}
                required={field.required && field.default === null}
                fault={faults.get(field.name)}
              >
                {(ids) => (
                  <FieldInput
                    field={field}
                    id={ids.id}
                    described={ids['aria-describedby']}
                    value={body[field.name] ?? (field.default !== null ? defaultOf(field) : undefined)}
                    title={titles[field.name]}
                    onValue={(value, title) => {
                      setBody((b) => ({ ...b, [field.name]: value }));
                      if (title) setTitles((all) => ({ ...all, [field.name]: title }));
                    }}
                  />
                )}
              </Labelled>
            ),
          )}
          <button type="submit" className="sr" tabIndex={-1} aria-hidden="true" />
        </form>
      )}
      <div aria-live="polite">
        {fault && <Problem message={fault.message} advice={fault.advice} />}
        {!fault && tried.effects && (
          <ul className="effects">
            {tried.effects.map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
        )}
      </div>
      <div className="acts">
        <Button
          look={command.name === 'delete' ? 'danger' : 'primary'}
          k={k}
          disabled={!complete || runner.busy}
          onClick={go}
        >
          {command.label}
        </Button>
        <Button look="quiet" k="Escape" onClick={runner.stop}>
          {t('app.cancel')}
        </Button>
        {command.final && <span className="ink3 small">{t('run.final')}</span>}
      </div>
    </section>
  );
}

function defaultOf(field: Field): unknown {
  if (field.kind === 'bool') return field.default === 'true';
  return ['money', 'decimal', 'quantity', 'integer'].includes(field.kind) ? Number(field.default) : field.default;
}

/** Lines that a command takes, beside the record's own; an empty one is left out. */
function LineInputs({ field, at, onValue }: { field: Field; at: Running; onValue: (lines: Body[]) => void }) {
  const { t } = useTranslation();
  const model = useModel();
  const own = Array.isArray(at.row[field.name]) ? (at.row[field.name] as Row[]) : [];
  const entity = model.entities[at.entity.lines.find((l) => l.name === field.name)?.entity ?? ''];
  const [values, setValues] = useState<Record<number, Body>>({});
  const inputs = (field.fields ?? []).filter((f) => f.name !== 'line_id');
  const named = entity?.fields.filter((f) => ['product_id', 'text', 'quantity'].includes(f.name)) ?? [];
  function set(id: number, name: string, value: unknown) {
    const next = { ...values, [id]: { ...values[id], line_id: id, [name]: value } };
    setValues(next);
    onValue(
      Object.values(next).filter((line) => inputs.some((f) => line[f.name] !== null && line[f.name] !== undefined)),
    );
  }
  if (own.length === 0) return null;
  return (
    <table className="t in-sec">
      <caption className="sr">{field.label}</caption>
      <thead>
        <tr>
          {named.map((f) => (
            <th key={f.name} scope="col" className={f.kind === 'quantity' ? 'num' : ''}>
              {f.label}
            </th>
          ))}
          {inputs.map((f) => (
            <th key={f.name} scope="col">
              {f.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {own.map((line) => (
          <tr key={line.id}>
            {named.map((f) => (
              <td key={f.name} className={f.kind === 'quantity' ? 'num' : ''}>
                {plain(f, line, t('app.yes'), t('app.no'))}
              </td>
            ))}
            {inputs.map((f) => (
              <td key={f.name}>
                <FieldInput
                  field={f}
                  label={f.label}
                  value={values[line.id]?.[f.name]}
                  onValue={(v) => set(line.id, f.name, v)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
