/** Fields for entry. Entering one selects its content, so that typing replaces it; Escape takes back. */
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { parseDate, parseNumber } from './entry';
import { dateTyped, price } from './format';

export interface FieldFault {
  message: string;
  advice?: string;
}

interface LabelledProps {
  label: string;
  fault?: FieldFault | undefined;
  hint?: ReactNode;
  /** Beside the label: a way to what stands in the field. */
  aside?: ReactNode;
  required?: boolean;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ReactNode;
  className?: string;
}

/** A label, an input, and below it the fault with its advice, or a hint. */
export function Labelled({ label, fault, hint, aside, required, children, className = '' }: LabelledProps) {
  const id = useId();
  const said = fault ? `${fault.message} ${fault.advice ?? ''}` : hint;
  const ids = said ? { id, 'aria-describedby': `${id}-hint`, ...(fault ? { 'aria-invalid': true } : {}) } : { id };
  return (
    <div className={`field ${fault ? 'err' : ''} ${className}`}>
      <span className="lab-row">
        <label htmlFor={id}>
          {label}
          {required && <span className="ink3"> *</span>}
        </label>
        {aside}
      </span>
      {children(ids)}
      {said && (
        <span className="hint" id={`${id}-hint`}>
          {said}
        </span>
      )}
    </div>
  );
}

/**
 * Selects the content on entering, by click as by Tab, so that typing replaces it. The click that enters would set the
 * caret behind it otherwise; a second click sets the caret as usual.
 */
export function selects(event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }): void {
  const input = event.currentTarget;
  input.select();
  const up = (release: Event) => {
    if (input.selectionStart === input.selectionEnd) input.select();
    release.preventDefault();
  };
  input.addEventListener('mouseup', up, { once: true });
  // Entered by key, no button comes up.
  setTimeout(() => input.removeEventListener('mouseup', up), 500);
}

type Plain = Omit<ComponentProps<'input'>, 'value' | 'onChange'>;

interface TextProps extends Plain {
  value: string;
  onValue: (value: string) => void;
}

export function TextInput({ value, onValue, className = 'in', ...rest }: TextProps) {
  return (
    <input
      className={className}
      autoComplete="off"
      {...rest}
      value={value}
      onFocus={selects}
      onChange={(e) => onValue(e.target.value)}
    />
  );
}

interface TypedProps<T> extends Plain {
  value: T | null;
  onValue: (value: T | null) => void;
  /** Called with what cannot be read; the text stays. */
  onUnread?: ((text: string) => void) | undefined;
  show?: (value: T) => string;
}

interface ReadProps<T> extends TypedProps<T> {
  show: (value: T) => string;
  read: (text: string) => T | null;
}

/** What is typed as text and meant as something else: it stays as typed until the field is left. */
function TypedInput<T>({ value, onValue, onUnread, show, read, onBlur, ...rest }: ReadProps<T>) {
  const [text, setText] = useState<string | null>(null);
  return (
    <input
      autoComplete="off"
      {...rest}
      value={text ?? (value === null ? '' : show(value))}
      onFocus={selects}
      onChange={(e) => {
        setText(e.target.value);
        const meant = read(e.target.value);
        if (meant !== null || e.target.value.trim() === '') onValue(meant);
      }}
      onBlur={(e) => {
        if (text !== null && text.trim() !== '' && read(text) === null) onUnread?.(text);
        else setText(null);
        onBlur?.(e);
      }}
    />
  );
}

export function NumberInput({ show = price, className = 'in num', ...rest }: TypedProps<number>) {
  return <TypedInput inputMode="decimal" className={className} show={show} read={parseNumber} {...rest} />;
}

export function DateInput({ show = dateTyped, className = 'in', ...rest }: TypedProps<string>) {
  return <TypedInput className={className} show={show} read={parseDate} {...rest} />;
}

interface ChoiceProps extends Omit<ComponentProps<'select'>, 'value' | 'onChange'> {
  value: string | null;
  onValue: (value: string | null) => void;
  choices: { value: string; label: string }[];
  optional?: boolean;
}

export function ChoiceInput({ value, onValue, choices, optional = false, className = 'in', ...rest }: ChoiceProps) {
  return (
    <select className={className} {...rest} value={value ?? ''} onChange={(e) => onValue(e.target.value || null)}>
      {(optional || value === null) && <option value="">–</option>}
      {choices.map((c) => (
        <option key={c.value} value={c.value}>
          {c.label}
        </option>
      ))}
    </select>
  );
}

export function Tick({
  checked,
  onChecked,
  label,
  ...rest
}: { checked: boolean; onChecked: (to: boolean) => void; label: string } & Omit<ComponentProps<'input'>, 'onChange'>) {
  return (
    <input
      type="checkbox"
      className="tick"
      aria-label={label}
      {...rest}
      checked={checked}
      onChange={(e) => onChecked(e.target.checked)}
    />
  );
}
