/** Everything, by typing: records, what can be done here, places, and making something new. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight, FileText, Plus, Search, Zap } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, type Model, useModel } from '../api/model';
import { type Hit, searchQuery } from '../api/odata';
import { listPath, recordPath } from '../record/paths';
import { useOwnViews } from '../record/views';
import { useMakeable } from '../record/warehouses';
import { Key } from '../ui/Button';
import { type Action, offered, useActions } from '../ui/keys';
import { creationOf } from './modules';
import { AREA_ICONS } from './Nav';
import { Preview } from './Preview';
import { useAreas, usePlaces } from './places';
import { recent, remember } from './recent';
import { caughtSoFar, endCatching } from './typeahead';

interface Item {
  id: string;
  group: string;
  title: ReactNode;
  note?: string;
  end?: ReactNode;
  icon: ReactNode;
  hit?: Hit;
  run: (inTab: boolean) => void;
}

export default function Palette({ start, onClose }: { start: 'palette' | 'create'; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => caughtSoFar().text);
  const [at, setAt] = useState(0);
  const [verbs, setVerbs] = useState<Hit | null>(null);
  // What can be done in front, as it was before the palette opened.
  const here = useRef<Action[]>(offered());
  const wanted = useDeferredValue(text.trim());
  const search = useQuery(searchQuery(text.trim(), [], 8));
  const fresh = !search.isPlaceholderData && !search.isFetching;
  const items = useItems(wanted, start, here.current, search.data ?? [], verbs);
  const waiting = useRef(false);
  const list = useRef<HTMLDivElement>(null);
  useActions([], { modal: true });
  useEffect(() => {
    const early = caughtSoFar();
    setText((typed) => early.text || typed);
    waiting.current = early.entered;
    endCatching();
  }, []);

  const go = (item: Item | undefined, inTab = false) => {
    if (!item) return;
    onClose();
    if (item.hit) remember(item.hit);
    item.run(inTab);
  };

  // Enter before the answer has come means the first record of that answer.
  useEffect(() => {
    if (!waiting.current || !fresh || wanted !== text.trim() || text.trim() === '') return;
    waiting.current = false;
    const first = items[0];
    if (first) {
      onClose();
      if (first.hit) remember(first.hit);
      first.run(false);
    }
  });

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, items.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter') {
      if (start === 'palette' && text.trim() !== '' && at === 0 && !fresh) waiting.current = true;
      else go(items[at], event.ctrlKey || event.metaKey);
    } else if (event.key === 'Tab' && items[at]?.hit) {
      // From here on one types what shall be done with it.
      setVerbs(items[at]?.hit ?? null);
      setText('');
      setAt(0);
    } else if (event.key === 'Backspace' && text === '' && verbs) setVerbs(null);
    else return;
    event.preventDefault();
  }

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });

  let group = '';
  const current = items[at];
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="veil" />
        <Base.Popup className="palette" aria-label={t(start === 'create' ? 'app.create' : 'palette.title')}>
          <div className="q">
            <Search className="i" aria-hidden="true" />
            {verbs && <span className="word">{verbs.title}</span>}
            <input
              autoFocus
              role="combobox"
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={current ? `palette-${at}` : undefined}
              aria-label={t(start === 'create' ? 'palette.create' : 'palette.ask')}
              placeholder={t(start === 'create' ? 'palette.create' : 'palette.ask')}
              autoComplete="off"
              value={text}
              onChange={(e) => {
                setText(e.target.value);
                setAt(0);
              }}
              onKeyDown={keyDown}
            />
            <Key k="Escape" />
          </div>
          <div className={`palette-body ${current?.hit ? 'with-preview' : ''}`}>
            <div ref={list} id="palette-list" role="listbox" aria-label={t('palette.found')} className="palette-list">
              {items.map((item, i) => {
                const head = item.group !== group;
                group = item.group;
                return (
                  <div key={item.id} role="presentation">
                    {head && (
                      <div className="cap" role="presentation">
                        {item.group}
                      </div>
                    )}
                    <div
                      id={`palette-${i}`}
                      role="option"
                      tabIndex={-1}
                      aria-selected={i === at}
                      className="opt"
                      onPointerMove={() => i !== at && setAt(i)}
                      onClick={(e) => go(item, e.ctrlKey || e.metaKey)}
                    >
                      {item.icon}
                      <span className="cut">
                        {item.title} {item.note && <span className="ink3">{item.note}</span>}
                      </span>
                      <span className="end">{item.end}</span>
                    </div>
                  </div>
                );
              })}
              {items.length === 0 && (
                <div className="opt ink3" role="option" aria-selected="false" aria-disabled="true" tabIndex={-1}>
                  {t('palette.nothing', { text })}
                </div>
              )}
            </div>
            {current?.hit && <Preview hit={current.hit} />}
          </div>
          <div className="foot-bar">
            <div className="keys" aria-hidden="true">
              <span>
                <kbd>↑</kbd>
                <kbd>↓</kbd> {t('keys.move')}
              </span>
              <span>
                <kbd>Enter</kbd> {t('app.open')}
              </span>
              <span>
                <kbd>Tab</kbd> {t('palette.verbs')}
              </span>
              <span>
                <kbd>Ctrl Enter</kbd> {t('palette.tab')}
              </span>
            </div>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function useItems(wanted: string, start: 'palette' | 'create', here: Action[], hits: Hit[], verbs: Hit | null): Item[] {
  const { t } = useTranslation();
  const model = useModel();
  const makes = useMakeable();
  const navigate = useNavigate();
  const areas = useAreas();
  const places = usePlaces();
  const views = useOwnViews();
  return useMemo(() => {
    const open = (path: string, inTab: boolean, search?: unknown) => {
      if (inTab) window.open(path, '_blank');
      else if (search) void navigate({ to: path, search: search as never });
      else void navigate({ href: path });
    };
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (...texts: (string | undefined)[]) =>
      words.every((w) =>
        texts.some((x) =>
          x
            ?.toLowerCase()
            .split(/[\s,:]+/)
            .some((part) => part.startsWith(w)),
        ),
      );
    const record = (hit: Hit, group: string): Item => {
      const entity = model.entities[hit.entity];
      const Icon = AREA_ICONS[entity?.area ?? ''] ?? FileText;
      return {
        id: `hit-${hit.id}`,
        group,
        title: <Marked text={hit.title} words={words} />,
        note: hit.note,
        end: entity?.label,
        hit,
        icon: <Icon className="i" aria-hidden="true" />,
        run: (inTab) => entity && open(recordPath(entity, hit.id), inTab),
      };
    };
    if (verbs) {
      const begins = (i: Item) => Number(String(i.title).toLowerCase().startsWith(words.join(' ')));
      return verbItems(verbs, model, makes, t, (path) => open(path, false))
        .filter((i) => fits(String(i.title)))
        .sort((a, b) => begins(b) - begins(a));
    }
    const creates = creations(model, makes, t, fits, (path) => open(path, false));
    if (start === 'create') return creates;
    const found =
      wanted === ''
        ? recent()
            .filter((h) => h.entity in model.entities)
            .slice(0, 6)
            .map((h) => record(h, t('palette.recent')))
        : hits.map((h) => record(h, t('palette.records')));
    const doing = here
      .filter((a) => !a.quiet && fits(a.label, a.words))
      .slice(0, wanted === '' ? 8 : 6)
      .map(
        (a): Item => ({
          id: `do-${a.id}`,
          group: t('palette.here'),
          title: a.label,
          end: a.keys?.[0] && <Key k={a.keys[0]} />,
          icon: <Zap className="i" aria-hidden="true" />,
          run: () => a.run(),
        }),
      );
    const goes = areas
      .flatMap((a) => a.places.map((p) => ({ ...p, group: a.label })))
      .concat(places.slice(0, 1).map((p) => ({ ...p, group: '' })))
      .filter((p) => wanted !== '' && fits(p.label, p.group))
      .slice(0, 6)
      .map(
        (p): Item => ({
          id: `go-${p.path}`,
          group: t('palette.places'),
          title: p.label,
          end: p.group,
          icon: <ArrowRight className="i" aria-hidden="true" />,
          run: (inTab) => open(p.path, inTab),
        }),
      );
    const own = views
      .filter((v) => wanted !== '' && fits(v.name))
      .map(
        (v): Item => ({
          id: `view-${v.id}`,
          group: t('palette.places'),
          title: v.name,
          icon: <ArrowRight className="i" aria-hidden="true" />,
          run: () => open(`/${v.set}`, false, v.search),
        }),
      );
    return [...found, ...doing, ...own, ...goes, ...(wanted === '' ? [] : creates.slice(0, 4))];
  }, [wanted, start, here, hits, verbs, model, makes, areas, places, views, t, navigate]);
}

type Translate = (key: string, options?: Record<string, unknown>) => string;

function creations(
  model: Model,
  makes: (entity: Entity) => boolean,
  t: Translate,
  fits: (...texts: (string | undefined)[]) => boolean,
  open: (path: string) => void,
): Item[] {
  const order = model.areas.flatMap((a) => a.entities);
  return order
    .map((name) => model.entities[name])
    .filter((e) => e !== undefined && !e.parent && (makes(e) || creationOf(e.name) !== undefined))
    .flatMap((entity) => {
      if (!entity) return [];
      const own = creationOf(entity.name);
      const title = own ? t(own.label) : t('list.new', { what: entity.label });
      return fits(title, entity.label, entity.labels)
        ? [
            {
              id: `new-${entity.name}`,
              group: t('app.create'),
              title,
              icon: <Plus className="i" aria-hidden="true" />,
              run: () => open(own ? `/${own.path}` : `${listPath(entity)}/new`),
            },
          ]
        : [];
    });
}

/** What can be done with a record: open it, or begin something about it. */
function verbItems(
  hit: Hit,
  model: Model,
  makes: (entity: Entity) => boolean,
  t: Translate,
  open: (path: string) => void,
): Item[] {
  const entity = model.entities[hit.entity];
  if (!entity) return [];
  const group = t('palette.with', { what: hit.title });
  const items: Item[] = [
    {
      id: 'open',
      group,
      title: t('app.open'),
      icon: <ArrowRight className="i" aria-hidden="true" />,
      run: () => open(recordPath(entity, hit.id)),
    },
  ];
  for (const other of Object.values(model.entities)) {
    const field = other.fields.find((f) => f.target === entity.name && f.required && !f.readonly);
    if (!field || other.parent || !(makes(other) || creationOf(other.name))) continue;
    const own = creationOf(other.name);
    const path = own ? `/${own.path}` : `${listPath(other)}/new`;
    const query = `?${field.name}=${hit.id}&${field.nav}=${encodeURIComponent(JSON.stringify(hit.title))}`;
    items.push({
      id: `new-${other.name}`,
      group,
      title: own ? t(own.label) : t('list.new', { what: other.label }),
      icon: <Plus className="i" aria-hidden="true" />,
      run: () => open(path + query),
    });
  }
  return items;
}

function Marked({ text, words }: { text: string; words: string[] }) {
  const at = words[0] ? text.toLowerCase().indexOf(words.join(' ')) : -1;
  if (at < 0) return text;
  const to = at + words.join(' ').length;
  return (
    <>
      {text.slice(0, at)}
      <b className="m">{text.slice(at, to)}</b>
      {text.slice(to)}
    </>
  );
}
