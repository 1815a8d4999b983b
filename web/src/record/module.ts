/** What a module adds to the app: pages of its own, and record pages in place of the generic one. */
import type { ComponentType } from 'react';

type Lazy<P> = () => Promise<{ default: ComponentType<P> }>;

export interface ModulePage {
  /** Without the leading slash; `receive/$id` is possible. */
  path: string;
  /** The area in which it stands; none where it is reached from elsewhere only. */
  area?: string;
  /** Key of its label in the texts. */
  label: string;
  keys?: string[];
  /** It begins with a field to type into. */
  lands?: boolean;
  /** The entity without which the page makes no sense. */
  needs?: string;
  component: Lazy<Record<string, never>>;
}

export interface AppModule {
  pages?: ModulePage[];
  /** By the name of the entity. */
  records?: Record<string, Lazy<{ id: number }>>;
  /** Where a new record of this entity begins, instead of the generic form. */
  creates?: Record<string, { path: string; label: string }>;
}
