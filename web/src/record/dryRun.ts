/** Trying a command: what it would do, and nothing written. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api/client';
import { send } from '../api/commands';
import { type Entity, useModel } from '../api/model';

/** How long after the last key it is tried. */
const PAUSE = 300;

/** What would happen, tried after each pause in typing; nothing is written. */
export function useDryRun(
  entity: Entity,
  id: number,
  command: string,
  body: Record<string, unknown>,
  complete: boolean,
  again: unknown = null,
): { effects: string[] | null; fault: Refused | null } {
  const { t } = useTranslation();
  const model = useModel();
  const [state, setState] = useState<{ effects: string[] | null; fault: Refused | null }>({
    effects: null,
    fault: null,
  });
  const asked = JSON.stringify(body);
  const what = `${entity.name}/${id}/${command}/${String(again)}`;
  const tried = useRef(what);
  useEffect(() => {
    // What another step would have done says nothing about this one.
    if (tried.current !== what) setState({ effects: null, fault: null });
    tried.current = what;
    if (!complete) return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const reply = await send(entity, {
          command,
          id,
          body: JSON.parse(asked),
          dryRun: true,
          signal: stop.signal,
        });
        const counted = new Map<string, number>();
        for (const c of reply.changed) counted.set(c.entity, (counted.get(c.entity) ?? 0) + 1);
        const touched = [...counted]
          .filter(([e]) => model.entities[e])
          .map(([e, n]) => (n === 1 ? model.entities[e]?.label : `${n} × ${model.entities[e]?.label}`));
        const effects =
          reply.effects.length > 0
            ? reply.effects
            : touched.length > 0
              ? [t('run.touches', { what: touched.join(', ') })]
              : [t('run.nothing')];
        if (!stop.signal.aborted) setState({ effects, fault: null });
      } catch (error) {
        if (error instanceof Refused && !stop.signal.aborted) setState({ effects: null, fault: error });
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [entity, command, id, what, asked, complete, model, t]);
  return state;
}
