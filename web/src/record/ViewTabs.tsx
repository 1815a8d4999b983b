/** Views of a list: all of it, those that come with Celota, and one's own. */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '../api/model';
import { useSession } from '../api/session';
import { useActions } from '../ui/keys';
import type { ListState } from './listState';
import type { ListSearch } from './paths';
import { keepViews, SHIPPED, useOwnViews } from './views';

function same(a: ListSearch, b: ListSearch): boolean {
  const bare = ({ f, q, sort, group, cols, w, show, by }: ListSearch) =>
    JSON.stringify([f ?? [], q ?? '', sort ?? '', group ?? '', cols ?? [], w ?? {}, show ?? '', by ?? '']);
  return bare(a) === bare(b);
}

export function ViewTabs({ entity, state }: { entity: Entity; state: ListState }) {
  const { t } = useTranslation();
  const user = useSession().user.id;
  const own = useOwnViews();
  const [naming, setNaming] = useState(false);
  const shipped = (SHIPPED[entity.name] ?? []).filter((v) =>
    (v.search.f ?? []).every(([name]) => entity.fields.some((f) => f.name === name)),
  );
  const mine = own.filter((v) => v.set === entity.set);
  const all = [
    { id: 'all', name: t('views.all'), search: {} },
    ...shipped.map((v) => ({ id: v.name, name: t(v.name), search: v.search })),
    ...mine,
  ];
  const changed = !all.some((v) => same(v.search, state.search));
  useActions([
    { id: 'save-view', label: t('views.save'), run: () => setNaming(true) },
    ...all.map((v) => ({
      id: `view-${v.id}`,
      label: `${entity.labels}: ${v.name}`,
      run: () => state.replace(v.search),
    })),
  ]);
  function keep(name: string) {
    setNaming(false);
    if (name.trim() === '') return;
    const { at: _, peek: __, sel: ___, end: ____, ...search } = state.search;
    keepViews(user, [...own, { id: crypto.randomUUID(), set: entity.set, name: name.trim(), search }]);
  }
  return (
    <div className="tabs vt" role="toolbar" aria-label={t('views.title')}>
      {all.map((view) => (
        <span key={view.id} className="tab-pair" aria-current={same(view.search, state.search) || undefined}>
          <button
            type="button"
            aria-pressed={same(view.search, state.search)}
            onClick={() => state.replace(view.search)}
          >
            {view.name}
          </button>
          {mine.some((v) => v.id === view.id) && same(view.search, state.search) && (
            <button
              type="button"
              className="ink3"
              aria-label={t('views.forget', { what: view.name })}
              onClick={() =>
                keepViews(
                  user,
                  own.filter((v) => v.id !== view.id),
                )
              }
            >
              <X className="i s" aria-hidden="true" />
            </button>
          )}
        </span>
      ))}
      {naming ? (
        <input
          className="in view-name"
          aria-label={t('views.name')}
          placeholder={t('views.name')}
          autoFocus
          onBlur={(e) => keep(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter') keep(e.currentTarget.value);
            if (e.key === 'Escape') setNaming(false);
          }}
        />
      ) : (
        changed && (
          <button type="button" className="ink3" onClick={() => setNaming(true)}>
            <Plus className="i s" aria-hidden="true" />
            {t('views.save')}
          </button>
        )
      )}
    </div>
  );
}
