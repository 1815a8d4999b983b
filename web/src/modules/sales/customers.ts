import { search } from '../../api/odata';
import type { Option } from '../../ui/LookUp';

export async function findCustomers(text: string, signal: AbortSignal): Promise<Option[]> {
  const hits = await search(text, ['Party'], 8, signal);
  return hits.map((h) => ({ id: h.id, title: h.title, note: h.note }));
}
