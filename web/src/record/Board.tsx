/** A list as a board by any choice field: a card moves by hand or by key, through the step that leads there. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type DragEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../api/client';
import { useSend } from '../api/commands';
import { type Entity, type Field, fieldOf } from '../api/model';
import { type Ask, applyQuery, listQuery, quoted } from '../api/odata';
import { age, money, whole } from '../ui/format';
import { Menu } from '../ui/Menu';
import { say } from '../ui/Toasts';
import { isNumber } from './columns';
import { recordPath } from './paths';
import { RunPanel } from './RunPanel';
import { type Runner, useRunner } from './running';
import { refTitle, Value } from './Value';

export function boardable(entity: Entity): Field[] {
  return entity.fields.filter((f) => f.kind === 'choice' && f.choices.length > 1 && f.choices.length < 13);
}

interface Props {
  entity: Entity;
  columns: Field[];
  ask: Ask;
  by: Field;
}

export function Board({ entity, columns, ask, by }: Props) {
  const runner = useRunner();
  const move = useMove(entity, by, runner);
  return (
    <div className="board-box">
      <RunPanel runner={runner} />
      <div className="board">
        {by.choices.map((choice, i) => (
          <Lane key={choice.value} entity={entity} columns={columns} ask={ask} by={by} at={i} move={move} />
        ))}
      </div>
    </div>
  );
}

/** Moves a record to another value: by the command whose step leads there, or by plain editing where there is no life. */
function useMove(entity: Entity, by: Field, runner: Runner): (row: Row, to: string) => Promise<void> {
  const { t } = useTranslation();
  const send = useSend();
  return async (row, to) => {
    const from = String(row[by.name] ?? '');
    if (from === to) return;
    const steps = entity.life ?? [];
    const step =
      by.name === entity.state ? steps.find((s) => s.from === from && s.to === to && s.command !== 'edit') : undefined;
    const command = entity.commands.find((c) => c.name === step?.command);
    if (command) return runner.start(entity, row, command);
    if (by.name === entity.state && steps.length > 0) {
      const label = (value: string) => by.choices.find((c) => c.value === value)?.label ?? value;
      return say(t('board.no_step', { from: label(from), to: label(to) }));
    }
    try {
      await send(entity, { command: 'update', id: row.id, version: row.version ?? null, body: { [by.name]: to } });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say(`${error.message} ${error.advice}`);
    }
  };
}

const SHOWN = 60;

function Lane({
  entity,
  columns,
  ask,
  by,
  at,
  move,
}: Props & { at: number; move: (row: Row, to: string) => Promise<void> }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const choice = by.choices[at];
  const value = choice?.value ?? '';
  const filter = `${by.name} eq ${quoted(value)}`;
  const both = ask.filter ? `(${ask.filter}) and ${filter}` : filter;
  const select = [...new Set([...(ask.select ?? []), by.name])];
  const rows = useQuery(listQuery(entity, { ...ask, select, filter: both, top: SHOWN })).data ?? [];
  const sum = columns.find((c) => c.kind === 'money');
  const parts = ['$count as n', ...(sum ? [`${sum.name} with sum as total`] : [])];
  const asked = { filter: both, ...(ask.search ? { search: ask.search } : {}) };
  const totals = useQuery(applyQuery(entity, asked, `aggregate(${parts.join(',')})`)).data?.[0];

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const row = JSON.parse(event.dataTransfer.getData('application/json') || 'null') as Row | null;
    if (row) void move(row, value);
  }

  return (
    <section
      className={`lane ${over ? 'over' : ''}`}
      aria-label={choice?.label}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header>
        <h2>{choice?.label}</h2>
        <span className="count">{whole(Number(totals?.n ?? 0))}</span>
        <span className="end num ink2">{sum && totals ? money(totals.total) : ''}</span>
      </header>
      <ul>
        {rows.map((row) => (
          <Card key={row.id} entity={entity} columns={columns} by={by} at={at} row={row} move={move} />
        ))}
        {rows.length === SHOWN && <li className="ink3 small">{t('board.more')}</li>}
      </ul>
    </section>
  );
}

function Card({
  entity,
  columns,
  by,
  at,
  row,
  move,
}: Omit<Props, 'ask'> & { at: number; row: Row; move: (row: Row, to: string) => Promise<void> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const title = String(row[entity.title] ?? row.id);
  const rest = columns.filter(
    (c) => c.name !== entity.title && c.name !== by.name && row[c.name] !== null && row[c.name] !== '',
  );
  const ref = rest.find((c) => c.kind === 'ref');
  const sum = rest.find(isNumber);
  const more = rest.filter((c) => c !== ref && c !== sum).slice(0, 2);
  const aged = fieldOf(entity, 'age_days') ? row.age_days : null;

  function keyDown(event: KeyboardEvent) {
    const to =
      event.shiftKey && event.key === 'ArrowRight'
        ? at + 1
        : event.shiftKey && event.key === 'ArrowLeft'
          ? at - 1
          : null;
    if (to !== null) {
      event.preventDefault();
      const value = by.choices[to]?.value;
      if (value) void move(row, value);
      return;
    }
    const card = event.currentTarget;
    const cards = [...(card.closest('.board')?.querySelectorAll<HTMLElement>('.card > a') ?? [])];
    const here = cards.indexOf(card as HTMLElement);
    if (event.key === 'ArrowDown' || event.key === 'j') cards[here + 1]?.focus();
    else if (event.key === 'ArrowUp' || event.key === 'k') cards[here - 1]?.focus();
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const lanes = [...(card.closest('.board')?.querySelectorAll('.lane') ?? [])];
      const way = event.key === 'ArrowRight' ? 1 : -1;
      for (let i = at + way; i >= 0 && i < lanes.length; i += way) {
        const first = lanes[i]?.querySelector<HTMLElement>('.card > a');
        if (first) {
          first.focus();
          break;
        }
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <li
      className="card"
      draggable
      onDragStart={(e) =>
        e.dataTransfer.setData(
          'application/json',
          JSON.stringify({ id: row.id, version: row.version, title, [by.name]: row[by.name] }),
        )
      }
    >
      <Link to={recordPath(entity, row.id)} onKeyDown={keyDown} aria-keyshortcuts="Shift+ArrowRight Shift+ArrowLeft">
        <span className="strong">{title}</span>
        {ref && <span className="ink2">{refTitle(row, ref)}</span>}
        <span className="card-line">
          {sum && (
            <span className="strong">
              {sum.kind === 'money' ? (
                money(row[sum.name])
              ) : (
                <Value field={sum} row={row} entity={entity} linked={false} />
              )}
            </span>
          )}
          {more.map((c) => (
            <span key={c.name} className="ink3">
              <Value field={c} row={row} entity={entity} linked={false} />
            </span>
          ))}
          {typeof aged === 'number' && <span className="ink3">{t('board.days', { count: aged })}</span>}
          {typeof row.created_at === 'string' && <span className="ink3">{age(row.created_at)}</span>}
        </span>
      </Link>
      <Menu
        label={t('board.move', { what: title })}
        items={by.choices
          .filter((_, i) => i !== at)
          .map((c) => ({ id: c.value, label: t('board.to', { where: c.label }), run: () => void move(row, c.value) }))
          .concat([{ id: 'open', label: t('app.open'), run: () => void navigate({ to: recordPath(entity, row.id) }) }])}
      />
    </li>
  );
}
