/** What others change shows within a second: hints arrive, and what is on the screen is asked again. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const GATHER = 150;

export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource('/api/live');
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void again(client, new Set(changed));
        changed.clear();
      }, GATHER);
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const hint = JSON.parse(event.data) as { entity: string };
      changed.add(hint.entity);
      later();
    };
    const all = () => void client.invalidateQueries({ queryKey: ['odata'] });
    source.addEventListener('reload', all);
    // What changed while the stream was down, nobody said.
    source.onopen = () => {
      source.onopen = all;
    };
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client]);
}

/** Lists and records of what changed, and every reading that may be made of it. */
function again(client: QueryClient, entities: Set<string>): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [root, entity, what] }) =>
      root === 'odata' && (what === 'fn' || what === 'story' || entities.has(String(entity))),
  });
}
