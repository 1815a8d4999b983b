/** The filter as a sentence: each word a button, a new one typed. */
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, Plus, X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity } from '../api/model';
import { searchQuery } from '../api/odata';
import { dayToday } from '../ui/format';
import { ChoiceInput, DateInput, NumberInput } from '../ui/inputs';
import { useActions } from '../ui/keys';
import { Found } from '../ui/LookUp';
import { filterable, type Heard, hearWords, sentence, shownValue, wordsFor } from './filter';
import type { ListState } from './listState';
import type { Word } from './paths';

export function Sentence({ entity, state }: { entity: Entity; state: ListState }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<number | null>(null);
  const words = state.search.f ?? [];
  const put = (next: Word[]) => state.change({ f: next });
  useActions([{ id: 'filter', label: t('list.filter'), keys: ['f'], run: () => setAdding(true) }]);
  return (
    <div className="sentence">
      <span>
        {words.length > 0 || state.search.q
          ? t('list.that', { what: entity.labels })
          : t('list.all', { what: entity.labels })}
      </span>
      {state.search.q && (
        <button type="button" className="word" onClick={() => state.change({ q: '' })}>
          {t('filter.says', { text: state.search.q })}
          <X className="i s" aria-hidden="true" />
        </button>
      )}
      {words.map((word, i) =>
        editing === i ? (
          <WordEditor
            key={`${word[0]}-${word[1]}`}
            entity={entity}
            word={word}
            onDone={(next) => {
              setEditing(null);
              put(next ? words.with(i, next) : words.toSpliced(i, 1));
            }}
          />
        ) : (
          <span key={`${word[0]}-${word[1]}-${String(word[2])}`} className="word-pair">
            {i > 0 && <span>{t('filter.and')} </span>}
            <button
              type="button"
              className="word"
              aria-label={t('filter.change', { word: sentence(entity, word, t) })}
              onClick={() => setEditing(i)}
            >
              <WordText entity={entity} word={word} />
              <ChevronDown className="i s" aria-hidden="true" />
            </button>
          </span>
        ),
      )}
      {adding ? (
        <TypedWord
          entity={entity}
          onWord={(word) => put([...words, word])}
          onText={(text) => state.change({ q: text })}
          onBack={() => (words.length > 0 ? put(words.slice(0, -1)) : state.change({ q: '' }))}
          onDone={() => setAdding(false)}
        />
      ) : (
        <button type="button" className="btn quiet small-b" aria-keyshortcuts="f" onClick={() => setAdding(true)}>
          <Plus className="i s" aria-hidden="true" />
          {t('list.filter')}
          <kbd aria-hidden="true">F</kbd>
        </button>
      )}
    </div>
  );
}

function WordText({ entity, word }: { entity: Entity; word: Word }) {
  const { t } = useTranslation();
  const field = entity.fields.find((f) => f.name === word[0]);
  const value = shownValue(field, word, t);
  return (
    <span>
      <span className="ink2 plain-w">
        {field?.label ?? word[0]} {t(`filter.words.${word[1]}`)}
      </span>{' '}
      {value}
    </span>
  );
}

interface TypedProps {
  entity: Entity;
  onWord: (word: Word) => void;
  onText: (text: string) => void;
  onBack: () => void;
  onDone: () => void;
}

/** A condition typed: what it may mean is listed below, Enter takes the first. */
function TypedWord({ entity, onWord, onText, onBack, onDone }: TypedProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const heard = hearWords(entity, text, dayToday(), t);
  const look = heard.find((h) => h.look)?.look;
  const hits = useQuery(searchQuery(look?.text ?? '', look ? [look.target] : [], 6)).data ?? [];
  const found = heard.flatMap((h): Heard[] =>
    h.look ? hits.map((hit) => ({ word: [h.word[0], h.word[1], hit.id, hit.title] })) : [h],
  );
  const fields =
    found.length === 0 && text.trim() === ''
      ? entity.fields.filter(filterable).filter((f) => f.name !== 'company_id')
      : [];
  const count = found.length + fields.length + (text.trim() && entity.searchable ? 1 : 0);
  const [opened, setOpened] = useState(false);
  useLayoutEffect(() => {
    input.current?.focus();
    setOpened(true);
  }, []);

  function take(i: number) {
    const word = found[i]?.word;
    const field = fields[i - found.length];
    if (word) onWord(word);
    else if (field) return begin(field.label);
    else if (text.trim() && entity.searchable) onText(text.trim());
    else return;
    setText('');
    setAt(0);
    input.current?.focus();
  }

  function begin(label: string) {
    setText(`${label} `);
    setAt(0);
    input.current?.focus();
  }

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, Math.max(0, count - 1)));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (event.key === 'Enter' && text.trim() === '' && at === 0) onDone();
    else if (event.key === 'Enter') take(at);
    else if (event.key === 'Escape') onDone();
    else if (event.key === 'Backspace' && text === '') onBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <>
      <input
        ref={input}
        className="in typed-word"
        role="combobox"
        aria-label={t('filter.type')}
        aria-expanded={count > 0}
        aria-controls={id}
        aria-activedescendant={count > 0 ? `${id}-${at}` : undefined}
        placeholder={t('filter.example')}
        autoComplete="off"
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          setAt(0);
        }}
        onKeyDown={keyDown}
        onBlur={onDone}
      />
      {opened && count > 0 && (
        <Found anchor={input.current} id={id}>
          {found.map((h, i) => (
            <Opt key={sentence(entity, h.word, t)} id={`${id}-${i}`} on={i === at} take={() => take(i)}>
              {sentence(entity, h.word, t)}
            </Opt>
          ))}
          {fields.map((field, i) => (
            <Opt key={field.name} id={`${id}-${i}`} on={i === at} take={() => begin(field.label)}>
              {field.label}{' '}
              <span className="ink3">
                {wordsFor(field)
                  .slice(0, 3)
                  .map((w) => t(`filter.words.${w}`))
                  .join(' · ')}
              </span>
            </Opt>
          ))}
          {text.trim() && entity.searchable && (
            <Opt id={`${id}-${count - 1}`} on={at === count - 1} take={() => take(count - 1)}>
              {t('filter.says', { text: text.trim() })}
            </Opt>
          )}
        </Found>
      )}
    </>
  );
}

function Opt({ id, on, take, children }: { id: string; on: boolean; take: () => void; children: ReactNode }) {
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={on}
      className="opt"
      onPointerDown={(e) => e.preventDefault()}
      onClick={take}
    >
      <span className="cut">{children}</span>
    </div>
  );
}

/** A word changed in place: what it says, and its value. */
function WordEditor({ entity, word, onDone }: { entity: Entity; word: Word; onDone: (next: Word | null) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Word>(word);
  const field = entity.fields.find((f) => f.name === word[0]);
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('input, select:last-of-type')?.focus();
  }, []);
  if (!field) return null;
  const [name, is, value] = draft;
  const set = (next: Word[2]) => setDraft([name, is, next]);
  const text = value === undefined || value === null ? '' : String(value);
  return (
    <fieldset
      ref={box}
      className="word-edit"
      onKeyDown={(e) => {
        if (e.key !== 'Enter' && e.key !== 'Escape') return;
        e.preventDefault();
        onDone(e.key === 'Enter' ? draft : word);
      }}
    >
      <legend className="sr">{sentence(entity, word, t)}</legend>
      <ChoiceInput
        aria-label={field.label}
        value={is}
        choices={wordsFor(field).map((w) => ({ value: w, label: `${field.label} ${t(`filter.words.${w}`)}` }))}
        onValue={(w) => setDraft([name, w ?? is, value])}
      />
      {is === 'empty' || is === 'filled' ? null : field.kind === 'choice' ? (
        <ChoiceInput aria-label={t('filter.value')} value={text} choices={field.choices} onValue={set} />
      ) : field.kind === 'bool' ? (
        <ChoiceInput
          aria-label={t('filter.value')}
          value={text}
          choices={[
            { value: 'true', label: t('app.yes') },
            { value: 'false', label: t('app.no') },
          ]}
          onValue={(v) => set(v === 'true')}
        />
      ) : field.kind === 'date' || field.kind === 'instant' ? (
        <DateInput
          aria-label={t('filter.value')}
          value={text.startsWith('today') ? dayToday() : text || null}
          onValue={set}
        />
      ) : field.kind === 'ref' ? (
        <span className="word">{shownValue(field, draft, t)}</span>
      ) : field.kind === 'text' || field.kind === 'long_text' ? (
        <input className="in" aria-label={t('filter.value')} value={text} onChange={(e) => set(e.target.value)} />
      ) : (
        <NumberInput
          aria-label={t('filter.value')}
          value={typeof value === 'number' ? value : null}
          onValue={(n) => set(n ?? '')}
        />
      )}
      <button type="button" className="btn small-b" onClick={() => onDone(draft)}>
        {t('app.ok')}
      </button>
      <button
        type="button"
        className="btn quiet icon small-b"
        aria-label={t('filter.remove')}
        onClick={() => onDone(null)}
      >
        <X className="i s" aria-hidden="true" />
      </button>
    </fieldset>
  );
}
