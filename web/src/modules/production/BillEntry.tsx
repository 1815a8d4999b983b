/** The field at the end of a bill, and what was typed into it and is not on the bill yet. */
import { useQuery } from '@tanstack/react-query';
import { IndentDecrease, IndentIncrease } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, useId, useLayoutEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntity } from '../../api/model';
import { searchQuery } from '../../api/odata';
import { Button } from '../../ui/Button';
import { parseNumber } from '../../ui/entry';
import { quantity } from '../../ui/format';
import { Found } from '../../ui/LookUp';
import { Note } from '../../ui/notes';
import { type BillDesk, takeAhead } from './billDesk';
import { type Center, centerOf, isWhole, readBillLine, rowsOf, type TypedLine } from './billLine';
import type { Pick, Waiting } from './typing';

/** As far in as the rows of its level. */
const indented = (level: number) => ({ paddingLeft: `calc(var(--s-5) + ${level} * 20px)` });

export function BillEntry({ desk }: { desk: BillDesk }) {
  const [text, setText] = useState('');
  const correct = (line: Waiting) => {
    desk.typing.drop(line);
    setText(line.text);
    desk.entry.current?.focus();
  };
  return (
    <div className="bill-entry">
      {desk.typing.waiting.map((line) => (
        <OnItsWay key={line.key} line={line} desk={desk} onCorrect={() => correct(line)} />
      ))}
      <Entry desk={desk} text={text} setText={setText} />
    </div>
  );
}

function OnItsWay({ line, desk, onCorrect }: { line: Waiting; desk: BillDesk; onCorrect: () => void }) {
  const { t } = useTranslation();
  const { typing } = desk;
  return (
    <div className="waiting-line" style={indented(line.level)}>
      <span className={line.state === 'wrong' ? 'strong' : 'ink2'}>{line.text}</span>
      {line.state === 'waits' && <span className="ink3"> {t('bill.on_its_way')}</span>}
      {line.state === 'asks' && (
        <Note
          tone="warn"
          action={
            <span className="acts-in">
              <Button onClick={() => typing.answer(line, 'new')}>{t('bill.new_product', { text: line.words })}</Button>
              <Button look="quiet" onClick={() => typing.drop(line)}>
                {t('bill.drop')}
              </Button>
            </span>
          }
        >
          {t('bill.unknown', { text: line.words })}
        </Note>
      )}
      {line.state === 'wrong' && (
        <Note
          tone="bad"
          action={
            <span className="acts-in">
              <Button onClick={onCorrect}>{t('bill.correct')}</Button>
              <Button look="quiet" onClick={() => typing.drop(line)}>
                {t('bill.drop')}
              </Button>
            </span>
          }
        >
          <span className="strong">{line.fault?.message}</span> {line.fault?.advice}
        </Note>
      )}
    </div>
  );
}

function Entry({ desk, text, setText }: { desk: BillDesk; text: string; setText: (text: string) => void }) {
  const { t } = useTranslation();
  const { typing, under, entry } = desk;
  const [at, setAt] = useState(0);
  const id = useId();
  const line = readBillLine(text, parseNumber);
  const { hits, fresh, options } = useOptions(line);
  const level = under.way.length;

  // Before the next key: nothing that is typed meanwhile goes elsewhere.
  useLayoutEffect(() => {
    const before = takeAhead(desk.bill);
    if (before?.text) setText(before.text);
    if (before && under.last) typing.add(before.lines, under.last, level, null);
    if (before || desk.rows.length === 1) entry.current?.focus();
  }, []);

  function add(pick: Pick): void {
    if (!under.last || text.trim() === '') return;
    typing.add([text.trim()], under.last, level, pick);
    setText('');
    setAt(0);
    entry.current?.focus();
  }
  /** What stands at a place of the list; where the answer has not come, it is looked up later. */
  const pickAt = (i: number): Pick => {
    const hit = hits[i];
    if (line.kind === 'operation' || !fresh) return null;
    return hit ? { id: hit.id } : options > hits.length ? 'new' : null;
  };

  function keyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const asks = typing.waiting.find((l) => l.state === 'asks');
    if (event.key === 'Enter' && text.trim() !== '') add(pickAt(at));
    else if (event.key === 'Enter' && asks) typing.answer(asks, 'new');
    else if (event.key === 'Tab') {
      // Where it leads nowhere, Tab goes on through the page as everywhere.
      if (!(event.shiftKey ? under.outdent() : under.indent())) return;
    } else if (event.key === 'ArrowDown' && options > 0) setAt((at + 1) % options);
    else if (event.key === 'ArrowUp' && options > 0) setAt((at + options - 1) % options);
    else if (event.key === 'ArrowUp' && text === '') {
      event.currentTarget.blur();
      desk.stand(desk.shown.at(-1));
    } else if (event.key === 'Escape') {
      if (text === '') event.currentTarget.blur();
      else setText('');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function paste(event: ClipboardEvent): void {
    const block = event.clipboardData.getData('text');
    if (!/\n/.test(block.trim()) || !under.last) return;
    event.preventDefault();
    typing.add(rowsOf(block), under.last, level, null);
  }

  return (
    <div className="entry-line" style={indented(level)}>
      <div className="entry-row">
        {under.way.length > 1 && (
          <span className="ink2" aria-live="polite">
            {t('bill.below', { what: under.last?.title })}
          </span>
        )}
        <input
          ref={entry}
          className="in entry"
          role="combobox"
          aria-label={under.last ? t('bill.entry_below', { what: under.last.title }) : t('bill.entry')}
          aria-describedby={`${id}-hint`}
          aria-expanded={options > 0}
          aria-controls={id}
          aria-activedescendant={options > 0 ? `${id}-${at}` : undefined}
          autoComplete="off"
          placeholder={t('bill.example')}
          value={text}
          onChange={(e) => {
            setText(e.target.value);
            setAt(0);
          }}
          onKeyDown={keyDown}
          onPaste={paste}
        />
        <span className="acts-in">
          <Button onClick={() => add(pickAt(at))} disabled={!isWhole(line)}>
            {t('bill.add_line')}
          </Button>
          <Button
            look="quiet"
            icon={<IndentDecrease className="i" aria-hidden="true" />}
            aria-label={t('bill.outdent')}
            disabled={under.way.length < 2}
            onClick={() => {
              under.outdent();
              entry.current?.focus();
            }}
          />
          <Button
            look="quiet"
            icon={<IndentIncrease className="i" aria-hidden="true" />}
            aria-label={t('bill.indent')}
            onClick={() => {
              under.indent();
              entry.current?.focus();
            }}
          />
        </span>
      </div>
      <p className="ink3 small" id={`${id}-hint`}>
        <Reading line={line} text={text} centers={desk.centers} />
      </p>
      {options > 0 && (
        <Found anchor={entry.current} id={id} width={460}>
          {Array.from({ length: options }, (_, i) => (
            <div
              key={hits[i]?.id ?? 'new'}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className="opt"
              onPointerDown={(e) => e.preventDefault()}
              onClick={() => add(pickAt(i))}
            >
              {hits[i] ? (
                <>
                  <span className="cut">{hits[i].title}</span>
                  <span className="end code">{hits[i].note}</span>
                </>
              ) : (
                t('bill.new_product', { text: line.kind === 'component' ? line.words : '' })
              )}
            </div>
          ))}
        </Found>
      )}
    </div>
  );
}

/** Products that may be meant, and behind them the wish for a new one where none is called exactly so. */
function useOptions(line: TypedLine) {
  const words = line.kind === 'component' ? line.words : '';
  const products = useEntity('Product');
  const asked = useQuery(searchQuery(words, ['Product'], 8));
  const fresh = !asked.isPlaceholderData && asked.isSuccess;
  const hits = words === '' ? [] : (asked.data ?? []);
  const same = hits.some((h) => h.title.toLowerCase() === words.toLowerCase());
  const adds = words !== '' && fresh && !same && products?.rights.create === true;
  return { hits, fresh, options: hits.length + (adds ? 1 : 0) };
}

/** How the line is understood, or how one is typed. */
function Reading({ line, text, centers }: { line: TypedLine; text: string; centers: Center[] }) {
  const { t } = useTranslation();
  if (text.trim() === '') return t('bill.hint');
  if (line.kind === 'component')
    return line.scrap === null
      ? t('bill.reads_part', { n: quantity(line.quantity), what: line.words })
      : t('bill.reads_scrap', { n: quantity(line.quantity), what: line.words, percent: quantity(line.scrap) });
  const center = centerOf(line.center, centers);
  if (!center) return t('bill.which_center', { centers: centers.map((c) => c.code).join(', ') });
  const what = line.name || center.title;
  if (line.run === null && line.setup === null) return t('bill.which_minutes', { what, center: center.title });
  return line.setup === null
    ? t('bill.reads_work', { what, center: center.title, run: quantity(line.run) })
    : t('bill.reads_setup', { what, center: center.title, run: quantity(line.run), setup: quantity(line.setup) });
}
