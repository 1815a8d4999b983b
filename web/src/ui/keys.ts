/**
 * Actions and their keys. A page says what can be done on it once; buttons, the palette, the help and the keyboard
 * read the same list. Later layers come first: what opened last hears a key first.
 */

import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

export interface Action {
  id: string;
  label: string;
  /** `j`, `shift+j`, `g s`, `mod+k`, `alt+ArrowUp`. `mod` is Ctrl, on a Mac also ⌘. */
  keys?: string[];
  run: (event?: KeyboardEvent) => void;
  /** Heard while typing in a field, too. Keys with Ctrl or Alt always are. */
  inField?: boolean;
  /** It leads to a page that begins with a field: what is typed on the way belongs to that field. */
  lands?: boolean;
  /** Moves and the like: in the help, not in the palette. */
  quiet?: boolean;
  /** Words by which the palette finds it as well. */
  words?: string;
}

interface Layer {
  actions: Action[];
  modal: boolean;
}

const layers: Layer[] = [];
const listeners = new Set<() => void>();
let snapshot: Action[] = [];

function changed(): void {
  snapshot = live().flatMap((layer) => layer.actions);
  for (const tell of listeners) tell();
}

/** Layers that hear keys, latest first, down to the last modal one. */
function live(): Layer[] {
  const modal = layers.findLastIndex((l) => l.modal);
  return layers.slice(Math.max(0, modal)).reverse();
}

/** Offers `actions` while the component is there. */
export function useActions(actions: Action[], options: { modal?: boolean; when?: boolean } = {}): void {
  const { modal = false, when = true } = options;
  const layer = useRef<Layer>({ actions, modal });
  useLayoutEffect(() => {
    layer.current.actions = actions;
  });
  // Labels and keys tell when the list has changed; functions are new in each rendering.
  const shape = actions.map((a) => `${a.id}|${a.label}|${a.keys?.join()}`).join('\n');
  useEffect(() => {
    if (!when) return;
    const own = layer.current;
    own.modal = modal;
    layers.push(own);
    changed();
    return () => {
      layers.splice(layers.indexOf(own), 1);
      changed();
    };
  }, [modal, when]);
  useEffect(() => {
    if (when) changed();
  }, [shape, when]);
}

/** Everything that can be done now, nearest first. */
export function useOffered(): Action[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => snapshot,
  );
}

/** What can be done at this moment, read once. */
export function offered(): Action[] {
  return snapshot;
}

export function keyOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const letter = /^[a-zčšž]$/.test(key);
  const shift = event.shiftKey && (letter || key.length > 1);
  const mod = event.ctrlKey || event.metaKey;
  return `${mod ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${shift ? 'shift+' : ''}${key === ' ' ? 'Space' : key}`;
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** Enter and Space belong to the button or link that has the focus. */
function owned(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement) || (key !== 'Enter' && key !== 'Space')) return false;
  return target.closest('button, a[href], summary, input[type=checkbox], [role=menuitem]') !== null;
}

/** How long what is typed is held for the field of a page on its way. */
const LANDING = 2000;
let held: string | null = null;

/** Holds what is typed until a field has the focus, and types it there. */
function hold(): void {
  held = '';
  const landed = (event: FocusEvent) => {
    if (!typing(event.target)) return;
    const text = held;
    done();
    // At once, behind the field's own selecting of its content and before the next key.
    if (text) document.execCommand('insertText', false, text);
  };
  const done = () => {
    held = null;
    clearTimeout(timer);
    window.removeEventListener('focusin', landed);
  };
  const timer = setTimeout(done, LANDING);
  window.addEventListener('focusin', landed);
}

const PATIENCE = 1200;
let begun: { key: string; at: number } | null = null;

export function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = keyOf(event);
  const field = typing(event.target);
  if (held !== null && !field && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    held += event.key;
    return;
  }
  const sequence = begun && event.timeStamp - begun.at < PATIENCE ? `${begun.key} ${key}` : null;
  begun = null;
  // A key that ends a sequence belongs to it, whatever it does by itself on the page in front.
  for (const wanted of sequence ? [sequence, key] : [key]) {
    for (const action of live().flatMap((layer) => layer.actions)) {
      const hit = action.keys?.includes(wanted);
      const heard = !field || action.inField || /^(mod|alt)\+/.test(key);
      if (!hit || !heard || owned(event.target, key)) continue;
      event.preventDefault();
      if (action.lands) hold();
      // Drawn before the next key comes, so that a field that opens hears it.
      flushSync(() => action.run(event));
      return;
    }
  }
  const begins = !field && live().some((l) => l.actions.some((a) => a.keys?.some((k) => k.startsWith(`${key} `))));
  if (begins) begun = { key, at: event.timeStamp };
}

const SHOWN: Record<string, string> = {
  mod: 'Ctrl',
  alt: 'Alt',
  shift: '⇧',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Backspace: '⌫',
  Delete: 'Del',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** `mod+k` → `Ctrl K` */
export function shownKey(key: string): string {
  return key
    .split(/[+ ]/)
    .map((part) => SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}
