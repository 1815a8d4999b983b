/**
 * A typed look-up. What is typed is never lost: leaving the field before the answer has come resolves it later, and
 * what finds nothing stays as typed and is marked. (Base UI's Combobox empties itself on blur, hence our own.)
 */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { selects } from './inputs';

export interface Option {
  id: number | string;
  title: string;
  note?: string;
  end?: ReactNode;
}

interface Props {
  id?: string;
  value: { id: number | string; title: string } | null;
  find: (text: string, signal: AbortSignal) => Promise<Option[]>;
  onPick: (option: Option | null) => void;
  /** What was typed and finds nothing (or waits for its answer). */
  onOpenText?: (text: string) => void;
  create?: { label: (text: string) => string; run: (text: string) => void };
  nothing: string;
  label?: string;
  placeholder?: string;
  className?: string;
  autoFocus?: boolean;
  disabled?: boolean;
  described?: string | undefined;
  invalid?: boolean;
  /** Enter came before the answer: the person goes on, the look-up follows. */
  onAhead?: (text: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  inputRef?: (input: HTMLInputElement | null) => void;
}

const DELAY = 60;

export function LookUp(props: Props) {
  const { value, find, onPick, onOpenText, create, nothing } = props;
  const [text, setText] = useState<string | null>(null);
  const [options, setOptions] = useState<Option[]>([]);
  const [answered, setAnswered] = useState('');
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  const listId = useId();
  const shown = text ?? value?.title ?? '';
  const typed = text?.trim() ?? '';

  useEffect(() => {
    if (typed === '') return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await find(typed, stop.signal);
        if (stop.signal.aborted) return;
        setOptions(found);
        setAnswered(typed);
        setAt(0);
        const [first] = found;
        // Somebody who typed on and left meant the best hit.
        if (left.current && first) take(first);
        else if (left.current) onOpenText?.(typed);
      } catch {
        if (!stop.signal.aborted) setAnswered(typed);
      }
    }, DELAY);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [typed]);

  function take(option: Option) {
    onPick(option);
    setText(null);
    setOpen(false);
    setOptions([]);
    left.current = false;
  }

  function begin() {
    create?.run(typed);
    setText(null);
    setOpen(false);
    setOptions([]);
  }

  const ready = answered === typed;
  const extra = create && ready && typed !== '' ? 1 : 0;

  function keyDown(event: KeyboardEvent<HTMLInputElement>) {
    const count = options.length + extra;
    if (event.key === 'ArrowDown' && open && count > 0) setAt((at + 1) % count);
    else if (event.key === 'ArrowUp' && open && count > 0) setAt((at + count - 1) % count);
    else if (event.key === 'Enter' && typed !== '' && open && !event.ctrlKey) {
      const option = options[at];
      if (!ready) {
        left.current = true;
        event.preventDefault();
        event.stopPropagation();
        props.onAhead?.(typed);
        return;
      }
      if (option) take(option);
      else if (create) begin();
      else return;
    } else if (event.key === 'Escape' && (open || text !== null)) {
      setText(null);
      setOpen(false);
    } else {
      props.onKeyDown?.(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function blur() {
    setOpen(false);
    if (text === null) return;
    if (typed === '') {
      setText(null);
      if (value) onPick(null);
      return;
    }
    const [first] = options;
    if (ready && first && text !== value?.title) take(options[at] ?? first);
    else if (ready) onOpenText?.(typed);
    else left.current = true;
  }

  return (
    <>
      <input
        ref={(element) => {
          input.current = element;
          props.inputRef?.(element);
        }}
        id={props.id}
        className={props.className ?? 'in'}
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && options.length > 0 ? `${listId}-${at}` : undefined}
        aria-label={props.label}
        aria-describedby={props.described}
        aria-invalid={props.invalid || undefined}
        autoComplete="off"
        autoFocus={props.autoFocus}
        disabled={props.disabled}
        placeholder={props.placeholder}
        value={shown}
        onFocus={(e) => {
          left.current = false;
          selects(e);
        }}
        onChange={(e) => {
          setText(e.target.value);
          setOpen(e.target.value.trim() !== '');
        }}
        onKeyDown={keyDown}
        onBlur={blur}
      />
      {open && (
        <Found anchor={input.current} id={listId}>
          {options.map((option, i) => (
            <div
              key={option.id}
              id={`${listId}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className="opt"
              onPointerDown={(e) => e.preventDefault()}
              onClick={() => take(option)}
            >
              <span className="cut">
                {option.title} {option.note && <span className="ink3">{option.note}</span>}
              </span>
              <span className="end">{option.end}</span>
            </div>
          ))}
          {extra > 0 && create && (
            <div
              id={`${listId}-${options.length}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === options.length}
              className="opt"
              onPointerDown={(e) => e.preventDefault()}
              onClick={begin}
            >
              {create.label(typed)}
            </div>
          )}
          {ready && options.length === 0 && !extra && (
            <div className="opt ink3" role="option" aria-selected="false" aria-disabled="true" tabIndex={-1}>
              {nothing}
            </div>
          )}
        </Found>
      )}
    </>
  );
}

/** The list under its field, above everything that would cut it off. */
export function Found({
  anchor,
  id,
  children,
  width,
}: {
  anchor: HTMLElement | null;
  id: string;
  children: ReactNode;
  width?: number;
}) {
  if (!anchor) return null;
  const box = anchor.getBoundingClientRect();
  const below = window.innerHeight - box.bottom;
  const place = below < 220 && box.top > below ? { bottom: window.innerHeight - box.top + 2 } : { top: box.bottom + 2 };
  const wide = Math.min(Math.max(box.width, width ?? 320), window.innerWidth - 16);
  const left = Math.max(8, Math.min(box.left, window.innerWidth - wide - 8));
  return createPortal(
    <div id={id} role="listbox" className="menu found" style={{ position: 'fixed', left, width: wide, ...place }}>
      {children}
    </div>,
    anchor.closest('[role=dialog]') ?? document.getElementById('main') ?? document.body,
  );
}
