import { search } from '../../api/odata';
import type { Option } from '../../ui/LookUp';

export async function findProducts(text: string, signal: AbortSignal): Promise<Option[]> {
  const hits = await search(text, ['Product'], 8, signal);
  return hits.map((h) => ({ id: h.id, title: h.title, note: h.note }));
}
