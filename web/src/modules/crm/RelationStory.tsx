/** The whole story with a customer: every document, call and note, latest first; notes are written in place. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { choiceLabel, type Entity, fieldOf, hasQuery, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { inWords } from '../../api/words';
import { recordPath } from '../../record/paths';
import { Say, Story } from '../../record/Story';
import { date, instant, money } from '../../ui/format';
import type { Happened } from './overview';

const FIRST = 25;

export function RelationStory({ id, entity }: { id: number; entity: Entity }) {
  const { t } = useTranslation();
  const model = useModel();
  const [changes, setChanges] = useState(false);
  const [most, setMost] = useState(FIRST);
  const note = model.entities.Note;
  const known = hasQuery(entity, 'timeline');
  const { data } = useQuery({ ...functionQuery<{ value: Happened[] }>(entity, id, 'timeline'), enabled: known });
  if (!known || changes) {
    return (
      <div className="sec">
        {known && (
          <button type="button" className="link" onClick={() => setChanges(false)}>
            {t('story.everything')}
          </button>
        )}
        <Story entity={entity} id={id} writable={!known} />
      </div>
    );
  }
  const all = data?.value ?? [];
  return (
    <section className="sec" aria-label={t('story.title')}>
      <div className="head">
        <h2>{t('story.title')}</h2>
        <span className="count">{all.length || ''}</span>
        <button type="button" className="link end" onClick={() => setChanges(true)}>
          {t('story.changes')}
        </button>
      </div>
      {note?.rights.create && <Say about={entity} id={id} note={note} />}
      <ol className="story">
        {all.slice(0, most).map((h) => (
          <Line key={`${h.entity}-${h.id}`} happened={h} entity={model.entities[h.entity]} />
        ))}
      </ol>
      {all.length > most && (
        <button type="button" className="link" onClick={() => setMost(all.length)}>
          {t('story.all', { n: all.length })}
        </button>
      )}
    </section>
  );
}

function Line({ happened: h, entity }: { happened: Happened; entity: Entity | undefined }) {
  const state = entity ? fieldOf(entity, entity.state ?? 'kind') : undefined;
  const word = choiceLabel(state, h.state);
  const said = h.entity === 'Note';
  return (
    <li className={said ? 'me' : ['posted', 'shipped', 'won'].includes(h.state) ? 'good' : ''}>
      {said ? (
        <>
          <span className="strong">{entity?.label}</span> <time dateTime={h.at ?? ''}>{instant(h.at)}</time>
          <div className="said">{h.title}</div>
        </>
      ) : (
        <>
          {entity?.label}{' '}
          {entity ? (
            <Link className="link u" to={recordPath(entity, h.id)}>
              {inWords(h.entity, h).title || '–'}
            </Link>
          ) : (
            h.title
          )}{' '}
          <span className="ink2">{word}</span> {h.amount !== null && <span className="num">{money(h.amount)}</span>}{' '}
          <time dateTime={h.on ?? h.at ?? ''}>{h.on ? date(h.on) : instant(h.at)}</time>
        </>
      )}
    </li>
  );
}
