/** What finishing would do, tried a moment after the last change; nothing is written. */
import { useEffect, useState } from 'react';
import { Refused } from '../../api/client';
import { send } from '../../api/commands';
import type { Entity } from '../../api/model';

const PAUSE = 300;

export function useTried(
  entity: Entity | undefined,
  id: number | null,
  command: string,
  body: Record<string, unknown>,
): { effects: string[]; fault: Refused | null } {
  const [state, setState] = useState<{ effects: string[]; fault: Refused | null }>({ effects: [], fault: null });
  const asked = JSON.stringify(body);
  useEffect(() => {
    if (!entity || id === null) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      send(entity, { command, id, body: JSON.parse(asked), dryRun: true, signal: stop.signal })
        .then((reply) => setState({ effects: reply.effects, fault: null }))
        .catch((error: unknown) => {
          if (error instanceof Refused && !stop.signal.aborted) setState({ effects: [], fault: error });
        });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [entity, id, command, asked]);
  return state;
}

/** What is said of lines beside their quantities goes with them, where it says something. */
export function linesBody(counts: Record<number, number>, more: Record<number, object> = {}): Record<string, unknown> {
  const lines = Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([line_id, quantity]) => {
      const said = Object.entries(more[Number(line_id)] ?? {}).filter(([, v]) => v !== null && v !== '');
      return { line_id: Number(line_id), quantity, ...Object.fromEntries(said) };
    });
  return lines.length > 0 ? { lines } : {};
}
