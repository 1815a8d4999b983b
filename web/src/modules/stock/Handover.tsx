/**
 * Goods over the threshold, in or out: what is expected at the left, the lines in the middle, and one button for the
 * usual answer. Made for a hand with a glove: big targets, a scanner, and quantities by − and +.
 */
import { Link, useNavigate } from '@tanstack/react-router';
import { Minus, Plus, ScanLine } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refused } from '../../api/client';
import { Foot, Top } from '../../record/Top';
import { parseNumber } from '../../ui/entry';
import { quantity } from '../../ui/format';
import { selects } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Empty, Problem } from '../../ui/notes';

export interface Waiting {
  id: number;
  name: string;
  note: string;
  end: ReactNode;
}

export interface Piece {
  id: number;
  name: string;
  code: string;
  /** What is expected. */
  of: number;
  /** What else is to be known or said of it: its lots. */
  note?: ReactNode;
}

interface Props {
  title: string;
  area: { label: string; to: string };
  heading: string;
  under: ReactNode;
  waiting: Waiting[];
  current: number | null;
  onCurrent: (id: number) => void;
  pieces: Piece[];
  words: {
    expected: string;
    all: string;
    some: (open: number) => string;
    full: string;
    short: (n: string) => string;
    none: string;
    nothing: string;
    nothingText: string;
  };
  /** The document that the person came from. */
  back: { label: string; to: string } | undefined;
  /** What finishing would do, as the server said. */
  effects: string[];
  fault: Refused | null;
  busy: boolean;
  /** Where the person came from the order, the hand is on the keys; else a scanner is. */
  typed: boolean;
  onCounts: (counts: Record<number, number>) => void;
  onFinish: (counts: Record<number, number>) => void;
}

export function Handover(props: Props) {
  const { t } = useTranslation();
  const { pieces, words, current } = props;
  const navigate = useNavigate();
  const [counts, setCounts] = useState<Record<number, number>>({});
  const [at, setAt] = useState(0);
  const [said, setSaid] = useState('');
  const count = (piece: Piece) => counts[piece.id] ?? piece.of;
  const full = Object.fromEntries(pieces.map((p) => [p.id, count(p)]));
  const open = pieces.filter((p) => count(p) < p.of).length;
  const nothing = pieces.every((p) => count(p) === 0);
  const index = props.waiting.findIndex((w) => w.id === current);
  const finish = () => !props.busy && !nothing && pieces.length > 0 && props.onFinish(full);
  function put(piece: Piece, to: number) {
    const next = { ...counts, [piece.id]: Math.max(0, to) };
    setCounts(next);
    props.onCounts(Object.fromEntries(pieces.map((p) => [p.id, next[p.id] ?? p.of])));
  }
  useEffect(() => {
    setCounts({});
    setAt(0);
  }, [current]);
  const step = (by: number) => {
    const next = props.waiting[index + by];
    if (next) props.onCurrent(next.id);
  };
  useActions([
    { id: 'finish', label: words.all, keys: ['mod+Enter', 'n'], run: finish },
    { id: 'finish-enter', label: words.all, keys: ['Enter'], quiet: true, run: finish },
    ...(props.back
      ? [
          {
            id: 'back',
            label: props.back.label,
            keys: ['Escape'],
            run: () => void navigate({ to: props.back?.to ?? '/' }),
          },
        ]
      : []),
    { id: 'next', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => step(1) },
    { id: 'previous', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => step(-1) },
  ]);

  /** A scan is a code; a number alone is the quantity of the line in hand; nothing finishes. */
  function scanned(text: string): void {
    const word = text.trim().toLowerCase();
    if (word === '') return void finish();
    const number = parseNumber(word);
    const here = pieces[at];
    const hit = pieces.findIndex((p) => p.code.toLowerCase() === word);
    const found =
      hit >= 0
        ? hit
        : pieces.findIndex((p) => p.code.toLowerCase().includes(word) || p.name.toLowerCase().includes(word));
    if (hit < 0 && number !== null && here) {
      put(here, number);
      setSaid(t('handover.set', { what: here.name, n: quantity(number) }));
      setAt(Math.min(at + 1, pieces.length - 1));
    } else if (found >= 0) {
      const piece = pieces[found];
      if (!piece) return;
      // The first scan of a line begins its count; each further one adds a piece.
      const next = piece.id in counts ? count(piece) + 1 : 1;
      put(piece, next);
      setAt(found);
      setSaid(t('handover.scanned', { what: piece.name, n: quantity(next) }));
    } else setSaid(t('handover.unknown', { text }));
  }

  return (
    <main className="page handover" id="main">
      <Top title={props.title} crumbs={[props.area]} />
      <div className="cols rc">
        <section className="pane desk" aria-label={words.expected}>
          <div className="ghead">
            <h2>{words.expected}</h2>
            <span className="count">{props.waiting.length}</span>
          </div>
          <ul className="items">
            {props.waiting.map((w) => (
              <li key={w.id}>
                <button
                  type="button"
                  className={`item ${w.id === current ? 'cur cur-bar' : ''}`}
                  aria-current={w.id === current}
                  onClick={() => props.onCurrent(w.id)}
                >
                  <span className="cut grow">
                    <span className="strong">{w.name}</span>
                    <span className="ink3 small block">{w.note}</span>
                  </span>
                  <span className="small ink2">{w.end}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
        <section className="pane rmain" aria-label={props.heading}>
          {pieces.length === 0 ? (
            <Empty
              title={words.nothing}
              action={
                props.back && (
                  <Link className="btn" to={props.back.to}>
                    {props.back.label}
                    <kbd aria-hidden="true">Esc</kbd>
                  </Link>
                )
              }
            >
              {words.nothingText}
            </Empty>
          ) : (
            <>
              <div className="rhead">
                <h2 className="dh">{props.heading}</h2>
                <p className="ink2">{props.under}</p>
              </div>
              <Scan typed={props.typed} onScan={scanned} />
              <p className="toastline" role="status">
                {said}
              </p>
              <ul className="rlines">
                {pieces.map((piece, i) => (
                  <Line
                    key={piece.id}
                    piece={piece}
                    count={count(piece)}
                    current={i === at}
                    focus={props.typed && i === 0}
                    words={words}
                    onCount={(n) => put(piece, n)}
                    onCurrent={() => setAt(i)}
                    onEnter={finish}
                  />
                ))}
              </ul>
              <div className="rfoot">
                {props.fault ? (
                  <Problem message={props.fault.message} advice={props.fault.advice} />
                ) : (
                  <p aria-live="polite">{props.effects.join(' ') || ' '}</p>
                )}
                <div className="rbtns">
                  <button
                    type="button"
                    className="btn primary touch"
                    disabled={props.busy || nothing}
                    aria-keyshortcuts="Enter"
                    onClick={finish}
                  >
                    {nothing ? words.none : open > 0 ? words.some(open) : words.all}
                    <kbd aria-hidden="true">Enter</kbd>
                  </button>
                </div>
              </div>
            </>
          )}
        </section>
      </div>
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['Tab'], t('keys.next_line')],
          [['Enter'], words.all],
        ]}
      />
    </main>
  );
}

function Scan({ typed, onScan }: { typed: boolean; onScan: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <div className="scanbar">
      <ScanLine className="i l" aria-hidden="true" />
      <input
        aria-label={t('handover.scan')}
        placeholder={t('handover.scan')}
        autoComplete="off"
        autoFocus={!typed}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || e.ctrlKey) return;
          e.preventDefault();
          e.stopPropagation();
          onScan(text);
          setText('');
        }}
      />
    </div>
  );
}

interface LineProps {
  piece: Piece;
  count: number;
  current: boolean;
  focus: boolean;
  words: Props['words'];
  onCount: (n: number) => void;
  onCurrent: () => void;
  onEnter: () => void;
}

function Line({ piece, count, current, focus, words, onCount, onCurrent, onEnter }: LineProps) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) input.current?.focus();
  }, [focus]);
  const look = count >= piece.of ? 'ok-s' : count > 0 ? 'half' : 'open';
  function keyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    onEnter();
  }
  return (
    <li className={`rline ${current ? 'cur' : ''}`}>
      <div className="rt">
        <div className="cut">
          <span className="strong">{piece.name}</span>
          <span className="ink3 small block code">{piece.code}</span>
        </div>
        <fieldset className="qty">
          <legend className="sr">{t('handover.quantity_of', { what: piece.name })}</legend>
          <button type="button" tabIndex={-1} aria-label={t('handover.less')} onClick={() => onCount(count - 1)}>
            <Minus className="i" aria-hidden="true" />
          </button>
          <input
            ref={input}
            inputMode="decimal"
            aria-label={t('handover.quantity_of', { what: piece.name })}
            value={text ?? quantity(count)}
            onFocus={(e) => {
              onCurrent();
              selects(e);
            }}
            onChange={(e) => {
              setText(e.target.value);
              const read = parseNumber(e.target.value);
              if (read !== null) onCount(read);
            }}
            onBlur={() => setText(null)}
            onKeyDown={keyDown}
          />
          <button type="button" tabIndex={-1} aria-label={t('handover.more')} onClick={() => onCount(count + 1)}>
            <Plus className="i" aria-hidden="true" />
          </button>
        </fieldset>
      </div>
      <div className="rb">
        <span className={`st ${look}`}>
          {count >= piece.of ? words.full : count > 0 ? words.short(quantity(piece.of - count)) : words.none}
        </span>
        <span className="ink3">{t('handover.of', { n: quantity(piece.of) })}</span>
      </div>
      {piece.note}
    </li>
  );
}
