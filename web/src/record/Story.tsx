/** The story of a record: every change, event, note and task of it, latest first, with a place to say something. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused, type Row } from '../api/client';
import { useSend } from '../api/commands';
import { type Entity, fieldOf, useModel } from '../api/model';
import { listQuery, quoted } from '../api/odata';
import { date, dayToday, instant, money } from '../ui/format';
import { useActions } from '../ui/keys';
import { Problem } from '../ui/notes';
import { targetPath } from './Value';

interface Change {
  field: string;
  label: string;
  before?: unknown;
  after?: unknown;
  /** What a record that is referred to is called. */
  before_title?: string;
  after_title?: string;
  lines?: unknown;
}

interface Told {
  at: string;
  who: { id: number; name: string };
  kind: 'change' | 'event';
  text: string;
  what: string;
  command: string;
  changes: Change[];
}

interface Entry {
  key: string;
  at: string;
  who: string;
  text: string;
  said?: string | undefined;
  look: string;
  changes: Change[];
}

function storyQuery(entity: Entity, id: number) {
  return queryOptions({
    queryKey: ['odata', entity.name, 'story', id],
    queryFn: async ({ signal }) =>
      (await call<{ value: Told[] }>('GET', `/odata/${entity.set}(${id})/story()`, { signal })).value,
  });
}

export function Story({
  entity,
  id,
  most = 40,
  writable = false,
}: {
  entity: Entity;
  id: number;
  most?: number;
  writable?: boolean;
}) {
  const { t } = useTranslation();
  const model = useModel();
  const [all, setAll] = useState(false);
  const note = model.entities.Note;
  const told = useQuery(storyQuery(entity, id));
  const about = {
    filter: `about_entity eq ${quoted(entity.name)} and about_id eq ${id}`,
    orderby: 'id desc',
    top: 100,
  };
  const notes = useQuery({ ...listQuery(note ?? entity, about), enabled: note !== undefined });
  const entries = merged(told.data ?? [], note ? (notes.data ?? []) : [], t);
  const shown = all ? entries : entries.slice(0, most);
  let day = '';
  return (
    <section aria-label={t('story.title')}>
      <div className="head">
        <h2>{t('story.title')}</h2>
        <span className="count">
          {entries.length > shown.length
            ? t('story.last', { n: shown.length, of: entries.length })
            : entries.length || ''}
        </span>
      </div>
      {writable && note?.rights.create && <Say about={entity} id={id} note={note} />}
      {told.error && <Problem message={told.error.message} />}
      <ol className="story">
        {shown.map((entry) => {
          const at = entry.at.slice(0, 10);
          const head = at !== day;
          day = at;
          return [
            head && (
              <li key={`day-${entry.key}`} className="day">
                {at === dayToday() ? t('today.title') : date(at)}
              </li>
            ),
            <Line key={entry.key} entry={entry} entity={entity} />,
          ];
        })}
      </ol>
      {entries.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {t('story.all', { n: entries.length })}
        </button>
      )}
    </section>
  );
}

function merged(told: Told[], notes: Row[], t: (key: string) => string): Entry[] {
  const plain = told.map(
    (e, i): Entry => ({
      key: `t${i}`,
      at: e.at,
      who: e.who.name,
      text: e.text || t(`story.${e.what}`),
      look: e.kind === 'event' ? 'good' : '',
      changes: e.kind === 'change' ? e.changes : [],
    }),
  );
  const said = notes.map(
    (n): Entry => ({
      key: `n${n.id}`,
      at: String(n.said_at ?? ''),
      who: String(n.said_by ?? ''),
      text: t('story.wrote'),
      said: String(n.text ?? ''),
      look: 'me',
      changes: [],
    }),
  );
  return [...plain, ...said].sort((a, b) => (a.at < b.at ? 1 : -1));
}

function Line({ entry, entity }: { entry: Entry; entity: Entity }) {
  return (
    <li className={entry.look}>
      <span className="strong">{entry.who}</span> {entry.text} <time dateTime={entry.at}>{instant(entry.at)}</time>
      {entry.said && <div className="said">{entry.said}</div>}
      {entry.changes.length > 0 && entry.changes.length <= 6 && (
        <ul className="changes">
          {entry.changes.map((change) => (
            <li key={change.field}>
              <span className="ink3">{change.label}</span> <Changed change={change} entity={entity} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Changed({ change, entity }: { change: Change; entity: Entity }) {
  const model = useModel();
  const field = fieldOf(entity, change.field);
  const one = (value: unknown, title?: string) => {
    if (title !== undefined && field) {
      const to = targetPath(model, field, value);
      return to ? (
        <Link className="name" to={to}>
          {title}
        </Link>
      ) : (
        title
      );
    }
    if (field?.kind === 'ref' && typeof value === 'number') return `#${value}`;
    if (value === null || value === undefined || value === '') return '–';
    if (field?.kind === 'money' && typeof value === 'number') return money(value);
    if (field?.kind === 'date') return date(value);
    if (field?.kind === 'instant') return instant(value);
    return typeof value === 'object' ? '…' : String(value);
  };
  if (change.lines !== undefined) return <span>…</span>;
  return (
    <span>
      {change.before !== undefined && change.before !== null && change.before !== '' && (
        <s className="ink3">{one(change.before, change.before_title)}</s>
      )}{' '}
      {one(change.after, change.after_title)}
    </span>
  );
}

/** Something said about the record: m writes, r answers what was said last. */
export function Say({ about, id, note }: { about: Entity; id: number; note: Entity }) {
  const { t } = useTranslation();
  const send = useSend();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<Refused | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const focus = () => box.current?.focus();
  useActions([
    { id: 'note', label: t('story.write'), keys: ['m'], run: focus },
    { id: 'reply', label: t('story.reply'), keys: ['r'], quiet: true, run: focus },
  ]);
  async function say() {
    if (text.trim() === '') return;
    try {
      await send(note, { command: 'create', body: { about_entity: about.name, about_id: id, text: text.trim() } });
      setText('');
      setFault(null);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    }
  }
  return (
    <div className="say">
      <textarea
        ref={box}
        className="in"
        rows={text.includes('\n') || text.length > 60 ? 3 : 1}
        aria-label={t('story.write')}
        aria-keyshortcuts="m"
        placeholder={t('story.placeholder')}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && !e.shiftKey) {
            e.preventDefault();
            void say();
          }
          if (e.key === 'Escape') e.currentTarget.blur();
        }}
      />
      {fault && <Problem message={fault.message} advice={fault.advice} />}
    </div>
  );
}
