/** What is typed between the key that opens the palette and its first paint belongs to the palette, Enter included. */
interface Caught {
  text: string;
  entered: boolean;
}

let caught: Caught | null = null;

function take(event: KeyboardEvent): void {
  if (!caught || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter') caught.entered = true;
  else if (event.key === 'Backspace') caught.text = caught.text.slice(0, -1);
  else if (event.key.length === 1) caught.text += event.key;
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function beginCatching(): void {
  if (caught) return;
  caught = { text: '', entered: false };
  window.addEventListener('keydown', take, true);
}

export function caughtSoFar(): Caught {
  return caught ?? { text: '', entered: false };
}

export function endCatching(): void {
  window.removeEventListener('keydown', take, true);
  caught = null;
}
